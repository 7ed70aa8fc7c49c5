/** Tickets, customers, and what is found. */

import type { Ref } from "./basics";

export type TicketStatus = "NEW" | "OPEN" | "PENDING" | "ON_HOLD" | "RESOLVED" | "CLOSED";

export type Priority = "LOW" | "NORMAL" | "HIGH" | "URGENT";

export interface Identity {
  id: number;
  scheme: string;
  value: string;
  label: string;
  shared: boolean;
  verification: string;
  candidates?: Ref[];
}

export interface Ticket {
  id: number;
  serial: string;
  subject: string;
  type: string;
  priority: Priority;
  status: TicketStatus;
  department: Ref | null;
  assignee: Ref | null;
  customer: Ref | null;
  asset: Ref | null;
  fields: Record<string, unknown>;
  created_at: string;
  updated_at: string;
  closed_at: string | null;
  version: number;
}

export interface TicketChange {
  id: number;
  at: string;
  user: Ref | null;
  field: string;
  old: unknown;
  new: unknown;
}

export interface Asset {
  id: number;
  type: string;
  label: string;
  fields: Record<string, unknown>;
}

export interface Customer {
  id: number;
  kind: "PERSON" | "ORGANISATION";
  name: string;
  language: string;
  organisation: Ref | null;
  attributes: Record<string, unknown>;
  notes: string;
  identities: Identity[];
  created_at: string;
  updated_at: string;
  version: number;
  open_tickets: number;
}

export interface SearchHit {
  kind: "customer" | "ticket" | "message";
  id: number;
  title: string;
  snippet: string;
  interaction?: number | null;
  at: string;
}

/** One interaction or one ticket in a customer's history. */
export interface TimelineEntry {
  kind: "interaction" | "ticket";
  id: number;
  at: string;
  channel: string;
  state: string;
  subject: string;
  serial: string;
  text: string;
  ticket: number | null;
}

export interface MergePreview {
  keep: Ref;
  gone: Ref;
  moves: Record<string, number>;
}

export interface Merge {
  id: number;
  kept: Ref;
  gone: Ref;
  user: Ref | null;
  at: string;
  undone_at: string | null;
}
