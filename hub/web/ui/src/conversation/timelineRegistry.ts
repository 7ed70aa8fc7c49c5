/** Which component shows which kind of message. Kinds the hub does not know are a plugin's: slot `timeline:<kind>`. */

import type { Component } from "vue";
import CallbackMessage from "./messages/CallbackMessage.vue";
import CallMessage from "./messages/CallMessage.vue";
import CardMessage from "./messages/CardMessage.vue";
import NoteMessage from "./messages/NoteMessage.vue";
import RatingMessage from "./messages/RatingMessage.vue";
import SoundMessage from "./messages/SoundMessage.vue";
import SystemMessage from "./messages/SystemMessage.vue";
import TextMessage from "./messages/TextMessage.vue";

export interface Kind {
  component: Component;
  /** In a bubble on its side, across the whole width, or as a line in the middle. */
  place: "bubble" | "across" | "line";
}

const KINDS: Record<string, Kind> = {
  TEXT: { component: TextMessage, place: "bubble" },
  NOTE: { component: NoteMessage, place: "across" },
  CARD: { component: CardMessage, place: "bubble" },
  VOICEMAIL: { component: SoundMessage, place: "bubble" },
  RECORDING: { component: SoundMessage, place: "across" },
  RATING: { component: RatingMessage, place: "line" },
  CALL: { component: CallMessage, place: "line" },
  CALLBACK: { component: CallbackMessage, place: "line" },
  SYSTEM: { component: SystemMessage, place: "line" },
};

const UNKNOWN: Kind = { component: TextMessage, place: "bubble" };

export function kindOf(kind: string): Kind {
  return KINDS[kind] ?? UNKNOWN;
}

export function isKnown(kind: string): boolean {
  return kind in KINDS;
}
