import { computed } from "vue";
import { calls as api, interactions } from "@/api";
import type { InteractionDetail } from "@/api/types";
import { attempt } from "@/parts/feedback";
import { useCalls } from "@/stores/calls";
import { useDevice } from "@/stores/device";
import { useSession } from "@/stores/session";

export type CallWord =
  | "rings"
  | "calling"
  | "held"
  | "parked"
  | "open"
  | "passing_out"
  | "consulting"
  | "conference"
  | "talking";
const WORDS: Record<string, CallWord> = {
  INITIATED: "calling",
  QUEUED: "open",
  OFFERED: "open",
  ON_HOLD: "held",
  PARKED: "parked",
  TRANSFERRING: "passing_out",
  CONSULTING: "consulting",
  CONFERENCED: "conference",
};

/** How one of my calls is, and what I can do with it. What the telephone in this browser can do, it does at once. */
export function useCallActions(call: () => InteractionDetail) {
  const calls = useCalls();
  const device = useDevice();
  const session = useSession();
  const leg = computed(() => calls.legIn(call()));
  const me = computed(() => calls.meIn(call()));
  const name = computed(() => me.value?.leg ?? "");
  const here = computed(() => device.legs.get(name.value));
  const up = computed(() => leg.value?.up ?? false);
  const mine = computed(() => call().agent?.id === session.myId);
  const state = computed<CallWord>(() => (up.value ? (WORDS[call().state] ?? "talking") : "rings"));
  // who is being passed on is had back by the same key as who is held
  const held = computed(() => ["held", "passing_out"].includes(state.value));
  const muted = computed(() => here.value?.muted ?? me.value?.muted ?? false);
  const connected = computed(() => mine.value && ["CONNECTED", "ON_HOLD"].includes(call().state));
  const talking = computed(() => connected.value || call().state === "CONFERENCED");
  /** Into a conference come as many as are asked, otherwise one. */
  const mayAsk = computed(() => call().state === "CONFERENCED" || (connected.value && !call().consult));
  const can = computed(() => ({
    answer: state.value === "rings" && here.value?.state === "RINGING",
    mute: up.value,
    hold: connected.value || (mine.value && up.value && state.value === "passing_out"),
    keys: up.value,
    record: up.value && mine.value,
    consult: mine.value && mayAsk.value && session.can("interactions.transfer"),
    transfer: mine.value && up.value && session.can("interactions.transfer"),
    invite: mine.value && talking.value && session.can("interactions.transfer"),
    later: mine.value && Boolean(call().identity),
    park: mine.value && talking.value,
  }));

  const act = (work: () => Promise<unknown>) => attempt(work).then(calls.refresh);
  const id = () => call().id;

  return {
    name,
    here,
    leg,
    up,
    mine,
    state,
    held,
    muted,
    can,
    answer: () => device.answer(name.value),
    hangUp: () => act(() => api.hangUp(id())),
    hold: () => act(() => (held.value ? interactions.resume(id()) : api.hold(id()))),
    press: (key: string) => attempt(() => api.press(id(), key)),
    mute: () => device.mute(name.value, !muted.value) || void act(() => api.mute(id(), !muted.value)),
    record: () => act(() => api.record(id(), call().recording !== "ON")),
    park: () => act(() => api.park(id())),
    dismiss: (other: string) => act(() => api.dismiss(id(), other)),
    handOver: (to: { scheme: string; value: string }) => act(() => api.passOut(id(), to)),
  };
}

export type CallActions = ReturnType<typeof useCallActions>;
