import { expect, test } from "vitest";
import type { Message, Segment } from "@/api/types";
import { mergeMessages, timelineItems } from "./timelineItems";

function message(position: number, at: string, more: Partial<Message> = {}): Message {
  return {
    id: position * 10,
    position,
    direction: "INBOUND",
    kind: "TEXT",
    text: `no ${position}`,
    html: false,
    quoted: "",
    fields: {},
    author: { kind: "customer", id: 1, name: "Li" },
    external_id: "",
    delivery: null,
    attachments: [],
    automatic: false,
    created_at: at,
    sent_at: null,
    ...more,
  };
}

function segment(id: number, kind: string, at: string, more: Partial<Segment> = {}): Segment {
  return {
    id,
    kind,
    role: "PRIMARY",
    queue: { id: 1, name: "Support" },
    user: null,
    state: "DONE",
    outcome: "",
    disposition: "",
    started_at: at,
    ended_at: null,
    wrap_up_until: null,
    ...more,
  };
}

const DAY = "2026-03-01T10:0";
const shape = (items: ReturnType<typeof timelineItems>) =>
  items.map((item) => (item.type === "step" ? item.step : item.type));

test("each day is announced once, before what happened on it", () => {
  const items = timelineItems([message(1, "2026-03-01T10:00:00Z"), message(2, "2026-03-05T10:00:00Z")], [], [], true);
  expect(shape(items)).toEqual(["day", "message", "day", "message"]);
});

test("changes of hands stand where they happened", () => {
  const segments = [
    segment(1, "QUEUE", `${DAY}0:00Z`, { ended_at: `${DAY}2:00Z`, outcome: "ANSWERED" }),
    segment(2, "AGENT", `${DAY}2:00Z`, {
      user: { id: 3, name: "Anna" },
      ended_at: `${DAY}5:00Z`,
      outcome: "TRANSFERRED",
    }),
  ];
  const items = timelineItems([message(1, `${DAY}0:00Z`), message(2, `${DAY}3:00Z`)], segments, [], true);
  expect(shape(items)).toEqual(["day", "QUEUE", "message", "AGENT", "message", "TRANSFERRED"]);
});

test("how a leg was heard stands where the leg ended", () => {
  const heard = { leg: "", user: null, at: `${DAY}2:00Z`, loss: 0.01, jitter: 3, round_trip: null, mos: 4.1 };
  const items = timelineItems([message(1, `${DAY}0:00Z`), message(2, `${DAY}3:00Z`)], [], [], true, [heard]);
  expect(shape(items)).toEqual(["day", "message", "heard", "message"]);
});

test("an author is named again after five minutes, after somebody else, and after a change of hands", () => {
  const messages = [
    message(1, `${DAY}0:00Z`),
    message(2, `${DAY}1:00Z`),
    message(3, `${DAY}2:00Z`, { direction: "OUTBOUND", author: { kind: "user", id: 9, name: "Anna" } }),
    message(4, `${DAY}3:00Z`),
    message(5, `${DAY}9:00Z`),
  ];
  const items = timelineItems(messages, [], [], true);
  expect(items.flatMap((item) => (item.type === "message" ? [item.follows] : []))).toEqual([
    false,
    true,
    false,
    false,
    false,
  ]);
});

test("steps before the oldest loaded message wait until it is loaded", () => {
  const steps = [segment(1, "QUEUE", "2026-03-01T09:00:00Z")];
  expect(shape(timelineItems([message(9, `${DAY}0:00Z`)], steps, [], false))).toEqual(["day", "message"]);
});

test("a refetched page replaces what it holds and keeps what is older", () => {
  const known = [1, 2, 3].map((position) => message(position, `${DAY}0:00Z`));
  const page = [message(3, `${DAY}0:00Z`, { text: "new state" }), message(4, `${DAY}1:00Z`)];
  expect(mergeMessages(known, page).map((one) => one.text)).toEqual(["no 1", "no 2", "new state", "no 4"]);
});

test("a hole between what was loaded and the newest page is not papered over", () => {
  const known = [1, 2].map((position) => message(position, `${DAY}0:00Z`));
  const page = [message(90, `${DAY}5:00Z`)];
  expect(mergeMessages(known, page).map((one) => one.position)).toEqual([90]);
});
