/** The wire protocol, version 1, as docs/plugins/web_chat_protocol.md tells it. */

export const VERSION = 1;

export type Language = "en" | "zh";
export type Localised = Record<Language, string>;

export interface Question {
  kind: "name" | "tel" | "mailto" | "text" | "choice";
  name: string;
  required: boolean;
  label: Localised;
  choices: string[];
}

export interface Configuration {
  version: number;
  account: string;
  language: string;
  open: boolean;
  title: Localised;
  greeting: Localised;
  away_notice: Localised;
  colour: string;
  side: "left" | "right";
  form: Question[];
  live_typing: boolean;
  rating: boolean;
  transcript: boolean;
  /** Whether visitors may ask to be called. */
  call_me: boolean;
  limits: { text: number; upload_bytes: number; upload_types: string[] };
}

export interface FileLink {
  name: string;
  type: string;
  size: number;
  url: string;
}

export interface Card {
  url: string;
  mode: "link" | "page";
  title?: string;
  description?: string;
}

export interface Choice {
  key: string;
  label: string;
}

export interface Item {
  id: string;
  position: number;
  own: boolean;
  kind: string;
  text: string;
  author: string;
  at: string;
  files: FileLink[];
  delivery?: string;
  card?: Card;
  choices?: Choice[];
  stars?: number;
}

export interface Standing {
  interaction: number;
  state: string;
  over: boolean;
  agent: string;
  ahead?: number;
  wait?: { low: number; high: number | null };
  serial: string;
}

export interface Conversation extends Standing {
  messages: Item[];
}

export type ServerFrame =
  | { type: "welcome"; version: number; token: string; name: string; open: boolean; known: boolean }
  | { type: "ready" }
  | { type: "messages"; interaction: number; items: Item[] }
  | ({ type: "state" } & Standing)
  | { type: "ack"; id: string }
  | { type: "error"; code: string; detail: string; id?: string; retry_after?: number }
  | { type: "typing"; typing: boolean; name?: string }
  | { type: "read"; interaction: number }
  | { type: "transcript"; mailto: string }
  | { type: "pong" };

export interface Customer {
  id: string;
  name?: string;
  mailto?: string;
  signed_at: number;
  signature: string;
}

export interface MessageFrame {
  type: "message" | "leave";
  id: string;
  text: string;
  choice?: string;
  answers?: Record<string, string>;
  page?: { url: string; title: string };
  language?: string;
}

export interface RatingFrame {
  type: "rating";
  id: string;
  stars: number;
  comment: string;
}

/** Frames that are sent until they are acknowledged. */
export type Lasting = MessageFrame | RatingFrame;

export type ClientFrame =
  | {
      type: "hello";
      version: number;
      token?: string;
      customer?: Customer;
      since?: { interaction: number; position: number };
      language: string;
    }
  | Lasting
  | { type: "typing"; typing: boolean; text?: string }
  | { type: "receipt"; state: "DELIVERED" | "READ"; ids: string[] }
  | { type: "end" }
  | { type: "transcript"; mailto: string }
  | { type: "ping" };

/** Close codes after which coming back as before is of no use. */
export const FORGED = 4401;
export const SHUT = new Set([4400, 4403, 4404]);

/** An id no other client thinks of. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
