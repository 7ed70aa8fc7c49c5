import type { Ref } from "./basics";
import type { Attachment } from "./messages";

export interface Owed {
  id: number;
  interaction: number;
  customer: Ref | null;
  queue: Ref | null;
}

/** An agent's own voicemail box; the words "" are the house's. */
export interface OwnBox {
  enabled: boolean;
  greeting: string;
  ring_seconds: number;
  at_once: boolean;
  recorded: boolean;
}

export interface Address {
  scheme: string;
  value: string;
  label?: string;
}

/** Who was promised a call. */
export interface Callback extends Owed {
  state: "PLANNED" | "WAITING" | "DIALING" | "REACHED" | "NOT_REACHED" | "CANCELLED";
  to: { scheme: string; value: string; name?: string };
  call: number | null;
  agent: Ref | null;
  attempts: number;
  tries: { at: string; user: number | null; call: number | null; result: string }[];
  enqueued_at: string;
  due_at: string | null;
  until: string | null;
  created_at: string;
  ended_at: string | null;
}

/** Who gave up waiting; `closed_by` is the contact that settled it. */
export interface FollowUp extends Owed {
  state: string;
  count: number;
  identity: Address | null;
  assignee: Ref | null;
  enqueued_at: string;
  last_at: string;
  ended_at: string | null;
  closed_by: { interaction: number; channel: string; user: number | null } | null;
}

/** What was left to be heard; `box` is the agent whose own it is. */
export interface Voicemail extends Owed {
  state: "NEW" | "HEARD" | "CLOSED";
  message: number;
  file: Attachment | null;
  seconds: number;
  text: string;
  transcript: "PENDING" | "DONE" | "FAILED";
  identity: Address | null;
  box: Ref | null;
  assignee: Ref | null;
  heard_by: Ref | null;
  heard_at: string | null;
  created_at: string;
  closed_at: string | null;
}

export interface NewCallback {
  to: { scheme: string; value: string };
  queue: number | null;
  at: string | null;
  about: string;
}
