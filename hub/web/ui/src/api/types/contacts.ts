/** Contacts as lists and screens show them, and what is offered. */

import type { Medium, Ref } from "./basics";
import type { Forms } from "./messages";
import type { TicketStatus } from "./records";

export type View = "mine" | "team" | "waiting" | "unassigned" | "all";

export interface LastMessage {
  id: number;
  direction: string;
  kind: string;
  text: string;
  /** The name of its first file when it has no words. */
  file: string;
  created_at: string;
}

export interface Interaction {
  id: number;
  channel: string;
  medium: Medium;
  account: { id: number; name: string; address: string };
  state: string;
  subject: string;
  customer: Ref | null;
  identity: { id?: number; scheme: string; value: string; label: string } | null;
  ticket: { id: number; serial: string; status: TicketStatus } | null;
  agent: Ref | null;
  queue: { id: number; key: string; name: string } | null;
  department: Ref | null;
  priority: number;
  language: string;
  unread: number;
  created_at: string;
  enqueued_at: string | null;
  connected_at: string | null;
  updated_at: string;
  snoozed_until: string | null;
  closed_at: string | null;
  disposition: string;
  last_message: LastMessage | null;
  waiting_reason?: string;
  /** Of a call that goes on: who is in it besides the customer. */
  parties: Party[];
  recording: "ON" | "PAUSED" | "OFF";
}

/** Somebody in a call; `user` is null for a number outside, which has an address; `mode`: how a SUPERVISOR is in it. */
export interface Party {
  leg: string;
  role: "AGENT" | "COLLEAGUE" | "OUTSIDE" | "SUPERVISOR";
  name: string;
  user: number | null;
  state: "RINGING" | "TALKING";
  muted: boolean;
  mode: Monitoring | "";
  address: { scheme: string; value: string } | null;
}

/** How a supervisor is in a call. */
export type Monitoring = "LISTEN" | "WHISPER" | "BARGE";

export interface Segment {
  id: number;
  kind: string;
  role: string;
  queue: Ref | null;
  user: Ref | null;
  state: string;
  outcome: string;
  disposition: string;
  started_at: string;
  ended_at: string | null;
  wrap_up_until: string | null;
}

export interface Capabilities {
  medium: Medium;
  live: boolean;
  typing: boolean;
  receipts: boolean;
  html: boolean;
  attachments: boolean;
  max_attachment_bytes: number;
  max_text: number;
  fields: string[];
  kinds: string[];
  can_start: boolean;
  start_scheme: string;
  calls: boolean;
}

/** An agent in a call: their device rings, or (`up`) they talk since `since`. */
export interface Leg {
  offer: number;
  user: number;
  up: boolean;
  accepted: boolean;
  since: string;
}

/** How well a leg that is over was heard: loss 0 to 1, the rest in ms; `user` is null of the customer. */
export interface Heard {
  leg: string;
  user: Ref | null;
  at: string;
  loss: number | null;
  jitter: number | null;
  round_trip: number | null;
  mos: number | null;
}

export interface Device {
  channel: string;
  name: string;
  reachable: boolean;
  detail: string;
}

export interface InteractionDetail extends Interaction {
  segments: Segment[];
  capabilities: Capabilities | null;
  reply_to: { scheme?: string; value?: string; name?: string } | null;
  attributes: Record<string, unknown>;
  related: Interaction[];
  explanation: unknown;
  candidates: Candidate[];
  call: boolean;
  legs: Leg[];
  heard: Heard[];
  /** What I hold about it that is no conversation: a call-back, a missed call. */
  tasks: { id: number; kind: string; count: number }[];
  /** A colleague was asked; `user` is null until one is in it. */
  consult: { work: number; user: Ref | null; queue: number; since: string; aside: boolean } | null;
}

/** A customer a contact may be from: it came from an address of theirs (ADDRESS), or one was named (NAMED). */
export interface Candidate {
  id: number;
  kind: "PERSON" | "ORGANISATION";
  name: string;
  organisation: Ref | null;
  reason: "ADDRESS" | "NAMED";
  address: string;
  last_contact_at: string | null;
}

export interface Offer {
  id: number;
  state: string;
  /** Of the work: "interaction", "consult", "missed", … */
  kind: string;
  interaction: Interaction;
  /** The id of the queue it comes from. */
  queue: number | null;
  created_at: string;
  expires_at: string;
  seconds_left: number;
  /** What whoever passes it on had begun: the words of a note, forms that are open. */
  carried: { text: string; forms: Forms } | null;
}

export interface Counts {
  views: Record<View, number>;
  queues: { id: number; open: number; waiting: number }[];
}

export interface Disposition {
  code: string;
  label: string;
}
