/** What the view is drawn from. */

import type { Line } from "./connection";
import type { Customer, Language } from "./protocol";
import { EMPTY, type Thread } from "./thread";

export interface Notice {
  kind: "transcript" | "transcript-failed" | "call" | "call-failed" | "wait" | "too-large" | "bad-type";
  detail: string;
}

/**
 * open     inside the account's hours
 * shown    the panel is open
 * typing   who types on the other side ("" when unnamed)
 * left     how far a message left outside hours has come
 * history  whether earlier conversations were asked for
 * asked    the visitor asked for a new conversation
 * form     questions the hub wants answered again
 */
export interface State {
  line: Line;
  open: boolean;
  shown: boolean;
  thread: Thread;
  typing?: string;
  notice?: Notice;
  left?: "sending" | "done";
  history: "unasked" | "asked" | "there" | "none";
  asked: boolean;
  form: string[];
}

export interface Place {
  base: string;
  account: string;
  language: Language;
  customer?: Customer;
}

export function initial(open: boolean, known: boolean): State {
  const history = known ? "unasked" : "there";
  return { line: "idle", open, shown: false, thread: EMPTY, history, asked: false, form: [] };
}
