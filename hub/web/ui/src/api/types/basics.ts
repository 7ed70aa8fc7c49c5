/** What every other type is made of. */

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Ref {
  id: number;
  name: string;
}

export type Medium = "VOICE" | "LIVE_TEXT" | "DEFERRED";

export interface HubEvent {
  seq: number;
  at: string;
  type: string;
  interaction: number | null;
  ticket: number | null;
  customer: number | null;
  user: number | null;
  queue: number | null;
  department: number | null;
  data: Record<string, unknown>;
}

export interface Panel {
  plugin: string;
  slot: string;
  element: string;
  module: string;
  title?: string;
  titles?: Record<string, string>;
  /** Only beside conversations of these; none: beside all. */
  channels?: string[];
  /** Path of an SVG, of a panel that is a page of its own. */
  icon?: string;
}
