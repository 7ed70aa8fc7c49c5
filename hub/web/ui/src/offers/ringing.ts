/** What draws attention to an offer: a soft two-tone ring made on the spot, and a desktop notification. Both opt-in. */

import { t } from "@/i18n";
import type { Ringing } from "@/stores/offers";

let audio: AudioContext | null = null;

export function ring(): void {
  audio ??= new AudioContext();
  for (const [at, pitch] of [
    [0, 660],
    [0.16, 880],
  ] as const)
    tone(audio, audio.currentTime + at, pitch);
}

function tone(context: AudioContext, at: number, pitch: number): void {
  const sound = context.createOscillator();
  const volume = context.createGain();
  sound.frequency.value = pitch;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.16, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.42);
  sound.connect(volume).connect(context.destination);
  sound.start(at);
  sound.stop(at + 0.45);
}

export async function askToNotify(): Promise<boolean> {
  return "Notification" in window && (await Notification.requestPermission()) === "granted";
}

/** Shown only while the inbox is not in front; taken away when the offer is gone. */
export function notify(offer: Ringing, who: string): Notification | null {
  if (!("Notification" in window) || Notification.permission !== "granted" || document.hasFocus()) return null;
  const body = [offer.interaction.queue?.name, offer.interaction.subject].filter(Boolean).join(" · ");
  const notification = new Notification(t("offers.title", { name: who }), { body, tag: `offer-${offer.id}` });
  notification.onclick = () => window.focus();
  return notification;
}
