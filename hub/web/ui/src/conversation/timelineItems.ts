/** The one timeline of a conversation: messages, changes of hands, days, and what still waits for the network. */

import type { Heard, Message, Segment } from "@/api/types";
import type { Waiting } from "@/live/Outbox";

export type TimelineItem =
  | { type: "day"; key: string; at: string }
  | { type: "message"; key: string; at: string; message: Message; follows: boolean }
  | { type: "step"; key: string; at: string; step: string; name: string; detail: string }
  | { type: "heard"; key: string; at: string; heard: Heard }
  | { type: "waiting"; key: string; at: string; waiting: Waiting };

const TOGETHER_MS = 5 * 60_000;

/** Messages by position, then days between them; `follows` says that the author need not be named again. */
export function timelineItems(
  messages: Message[],
  segments: Segment[],
  waiting: Waiting[],
  complete: boolean,
  heard: Heard[] = [],
): TimelineItem[] {
  const first = complete ? "" : (messages[0]?.created_at ?? "");
  const steps = [...segments.flatMap(stepsOf), ...heard.map(heardItem)].filter((step) => step.at >= first);
  const dated = [...steps, ...messages.map(messageItem)].sort(byTime);
  const marked = markFollowers(dated);
  return withDays([...marked, ...waiting.map(waitingItem)]);
}

/** A refetched newest page joined to what was loaded; a hole between them drops the older part. */
export function mergeMessages(known: Message[], page: Message[]): Message[] {
  const lowest = page[0]?.position ?? 0;
  const highest = known.at(-1)?.position ?? 0;
  if (!page.length) return known;
  const fresh = new Map(page.map((message) => [message.id, message]));
  const kept = lowest > highest + 1 ? [] : known.filter((message) => !fresh.has(message.id));
  return [...kept, ...page].sort((a, b) => a.position - b.position);
}

function messageItem(message: Message): TimelineItem {
  return { type: "message", key: `m${message.id}`, at: message.created_at, message, follows: false };
}

function heardItem(heard: Heard): TimelineItem {
  return { type: "heard", key: `h${heard.leg}`, at: heard.at, heard };
}

function waitingItem(waiting: Waiting): TimelineItem {
  return { type: "waiting", key: waiting.key, at: waiting.at, waiting };
}

function stepsOf(segment: Segment): TimelineItem[] {
  const name = segment.user?.name ?? segment.queue?.name ?? "";
  const kind = segment.role === "CONSULT" ? segment.role : segment.kind;
  const begin = step(segment, "begin", segment.started_at, kind, name, "");
  if (!segment.ended_at || !segment.outcome || segment.outcome === "ANSWERED") return [begin];
  return [begin, step(segment, "end", segment.ended_at, segment.outcome, name, segment.disposition)];
}

function step(segment: Segment, edge: string, at: string, code: string, name: string, detail: string): TimelineItem {
  return { type: "step", key: `s${segment.id}${edge}`, at, step: code, name, detail };
}

/** A step and a message of the same moment: the step first, because it led to the message. */
function byTime(a: TimelineItem, b: TimelineItem): number {
  if (a.type === "message" && b.type === "message") return a.message.position - b.message.position;
  return a.at < b.at ? -1 : a.at > b.at ? 1 : a.type === "message" ? 1 : -1;
}

function markFollowers(items: TimelineItem[]): TimelineItem[] {
  return items.map((item, place) => {
    const before = items[place - 1];
    return item.type === "message" && before?.type === "message"
      ? { ...item, follows: sameHand(before.message, item.message) }
      : item;
  });
}

function sameHand(before: Message, after: Message): boolean {
  return (
    before.kind === after.kind &&
    before.direction === after.direction &&
    before.author.kind === after.author.kind &&
    before.author.id === after.author.id &&
    Date.parse(after.created_at) - Date.parse(before.created_at) < TOGETHER_MS
  );
}

function withDays(items: TimelineItem[]): TimelineItem[] {
  let last = "";
  return items.flatMap((item) => {
    const today = new Date(item.at).toDateString();
    if (today === last) return [item];
    last = today;
    const begins = item.type === "message" ? { ...item, follows: false } : item;
    return [{ type: "day", key: `d${today}`, at: item.at } as const, begins];
  });
}
