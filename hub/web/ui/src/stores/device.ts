/** A telephone in this browser, whoever made it: an element that says by `hub-device` how its calls are, and can be told
 * to answer, refuse, be silent or send keys. Without one, calls ring on a phone beside the screen. */

import { defineStore } from "pinia";
import { onScopeDispose, reactive } from "vue";

export interface DeviceLeg {
  leg: string;
  state: "RINGING" | "TALKING" | "HELD" | "ENDED";
  /** 0 to 1: what is heard, and what the microphone takes up. */
  level_in: number;
  level_out: number;
  muted: boolean;
}

interface Telephone extends HTMLElement {
  answer?(leg: string): void;
  reject?(leg: string): void;
  hangUp?(leg: string): void;
  mute?(on: boolean): void;
  keys?(leg: string, keys: string): void;
}

export const legOf = (offer: number): string => `offer:${offer}`;

export const useDevice = defineStore("device", () => {
  const legs = reactive(new Map<string, DeviceLeg>());
  const expected = new Set<string>();
  let telephone: Telephone | null = null;

  function take(event: Event): void {
    const said = (event as CustomEvent<DeviceLeg>).detail;
    telephone = event.target as Telephone;
    if (said.state === "ENDED") legs.delete(said.leg);
    else legs.set(said.leg, said);
    if (said.state === "RINGING" && expected.delete(said.leg)) telephone.answer?.(said.leg);
  }

  const rings = (leg: string): boolean => legs.get(leg)?.state === "RINGING";

  /** Said yes to on the screen: it is answered here as soon as it rings here. */
  function answer(leg: string): void {
    if (rings(leg)) telephone?.answer?.(leg);
    else expected.add(leg);
  }

  const hangUp = (leg: string): void => (rings(leg) ? telephone?.reject?.(leg) : telephone?.hangUp?.(leg));

  /** Whether this telephone could do it: otherwise the hub must. */
  function mute(leg: string, on: boolean): boolean {
    if (!legs.has(leg) || !telephone?.mute) return false;
    telephone.mute(on);
    return true;
  }

  function listen(): void {
    document.addEventListener("hub-device", take);
    onScopeDispose(() => document.removeEventListener("hub-device", take));
  }

  return { legs, rings, answer, hangUp, mute, listen };
});
