/** The conversation as it is shown: a pure fold over what the hub says and what the visitor does. */

import type { Conversation, FileLink, Item, MessageFrame, Standing } from "./protocol";

export type Progress = "sending" | "sent" | "delivered" | "read" | "failed";

export interface Entry extends Omit<Item, "position"> {
  interaction: number;
  /** Where it stands in its interaction; not known until the hub has taken it in. */
  position?: number;
  /** How far a message of the visitor's own has come. */
  progress?: Progress;
  /** Why it failed: a code of the protocol. */
  problem?: string;
}

export interface Cursor {
  interaction: number;
  position: number;
}

export interface Thread {
  entries: Entry[];
  standing?: Standing;
  cursor?: Cursor;
}

export const EMPTY: Thread = { entries: [] };

/** Whether a message now would begin a new conversation. */
export function isOver(thread: Thread): boolean {
  return !thread.standing || thread.standing.over;
}

/** Messages from the hub. One that is known, by its id, is brought up to date and never shown twice. */
export function received(thread: Thread, interaction: number, items: Item[]): Thread {
  const known = new Map(thread.entries.map((entry) => [entry.id, entry]));
  for (const item of items) {
    const progress = item.own ? later(known.get(item.id)?.progress, "delivered") : undefined;
    known.set(item.id, { ...item, interaction, progress });
  }
  const last = items.at(-1);
  const cursor = last ? { interaction, position: last.position } : thread.cursor;
  return { ...thread, cursor, entries: ordered([...known.values()]) };
}

/** Earlier conversations, asked for by hand; they move no cursor. */
export function remembered(thread: Thread, conversations: Conversation[]): Thread {
  const before = conversations.filter((each) => each.interaction !== thread.standing?.interaction);
  const old = before.reduce<Thread>((all, each) => received(all, each.interaction, each.messages), thread);
  return { ...old, cursor: thread.cursor };
}

export function stands(thread: Thread, standing: Standing): Thread {
  return { ...thread, standing };
}

/** What the visitor just wrote: shown at once, at the end, until the hub gives it its place. */
export function said(thread: Thread, frame: MessageFrame, at: string, files: FileLink[] = []): Thread {
  const entry: Entry = {
    id: frame.id,
    own: true,
    kind: "TEXT",
    text: frame.text,
    author: "",
    at,
    files,
    interaction: 0,
    progress: "sending",
  };
  return { ...thread, entries: [...thread.entries.filter((each) => each.id !== frame.id), entry] };
}

export function progressed(thread: Thread, id: string, progress: Progress, problem?: string): Thread {
  const entries = thread.entries.map((entry) =>
    entry.id === id ? { ...entry, progress: later(entry.progress, progress), problem } : entry,
  );
  return { ...thread, entries };
}

/** The agent has read all there is. */
export function readByAgent(thread: Thread, interaction: number): Thread {
  const seen = (entry: Entry) => entry.own && (entry.interaction === interaction || entry.progress === "sent");
  const entries = thread.entries.map((entry) =>
    seen(entry) && entry.progress !== "failed" ? { ...entry, progress: "read" as const } : entry,
  );
  return { ...thread, entries };
}

export function withdrawn(thread: Thread, id: string): Thread {
  return { ...thread, entries: thread.entries.filter((entry) => entry.id !== id) };
}

/** Ids of the other side's messages, of this conversation, that the hub does not yet know to be `state`. */
export function owedReceipts(thread: Thread, state: "DELIVERED" | "READ", told: Set<string>): string[] {
  const enough = state === "READ" ? new Set(["READ"]) : new Set(["READ", "DELIVERED"]);
  return thread.entries
    .filter((entry) => !entry.own && entry.interaction === thread.cursor?.interaction && entry.delivery)
    .filter((entry) => !enough.has(entry.delivery ?? "") && !told.has(`${state}:${entry.id}`))
    .map((entry) => entry.id);
}

/** How many of the other side's messages came after the visitor last looked. */
export function unread(thread: Thread, seen: Cursor | undefined): number {
  const after = (entry: Entry) =>
    entry.interaction > (seen?.interaction ?? 0) ||
    (entry.interaction === seen?.interaction && (entry.position ?? 0) > seen.position);
  return thread.entries.filter((entry) => !entry.own && entry.kind !== "SYSTEM" && after(entry)).length;
}

const STEPS: Progress[] = ["sending", "failed", "sent", "delivered", "read"];

/** Progress never goes back, but a failed one may be sent again. */
function later(before: Progress | undefined, now: Progress): Progress {
  if (!before || now === "sending" || now === "failed") return now;
  return STEPS.indexOf(now) > STEPS.indexOf(before) ? now : before;
}

function ordered(entries: Entry[]): Entry[] {
  const place = (entry: Entry) => entry.position ?? Number.MAX_SAFE_INTEGER;
  const group = (entry: Entry) => (entry.position === undefined ? Number.MAX_SAFE_INTEGER : entry.interaction);
  return [...entries].sort((a, b) => group(a) - group(b) || place(a) - place(b));
}
