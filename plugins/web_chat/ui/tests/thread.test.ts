import { expect, test } from "vitest";
import type { Item, MessageFrame } from "../src/protocol";
import {
  EMPTY,
  isOver,
  owedReceipts,
  progressed,
  readByAgent,
  received,
  remembered,
  said,
  stands,
  unread,
} from "../src/thread";

const AT = "2026-11-21T12:00:00.000Z";

function item(id: string, position: number, more: Partial<Item> = {}): Item {
  return {
    id,
    position,
    own: false,
    kind: "TEXT",
    text: id,
    author: "Mei",
    at: AT,
    files: [],
    delivery: "SENT",
    ...more,
  };
}

function frame(id: string): MessageFrame {
  return { type: "message", id, text: id };
}

const ids = (thread: { entries: { id: string }[] }) => thread.entries.map((entry) => entry.id);

test("what the hub says twice is shown once", () => {
  const once = received(EMPTY, 7, [item("m1", 1), item("m2", 2)]);
  const twice = received(once, 7, [item("m1", 1), item("m2", 2), item("m3", 3)]);
  expect(ids(twice)).toEqual(["m1", "m2", "m3"]);
  expect(twice.cursor).toEqual({ interaction: 7, position: 3 });
});

test("the visitor's own message finds its place, and is not doubled, when the hub gives it back", () => {
  const mine = said(received(EMPTY, 7, [item("m1", 1)]), frame("a"), AT);
  const answered = received(mine, 7, [item("a", 2, { own: true }), item("m3", 3)]);
  expect(ids(answered)).toEqual(["m1", "a", "m3"]);
  expect(answered.entries[1]?.progress).toBe("delivered");
});

test("what is not taken in yet stays last, whatever arrives", () => {
  const waiting = said(EMPTY, frame("a"), AT);
  expect(ids(received(waiting, 7, [item("m1", 1)]))).toEqual(["m1", "a"]);
});

test("progress never goes back", () => {
  let thread = received(said(EMPTY, frame("a"), AT), 7, [item("a", 1, { own: true })]);
  thread = readByAgent(thread, 7);
  thread = progressed(thread, "a", "sent");
  expect(thread.entries[0]?.progress).toBe("read");
});

test("a failed message can be sent again and then count as sent", () => {
  const failed = progressed(said(EMPTY, frame("a"), AT), "a", "failed", "TOO_LARGE");
  expect(failed.entries[0]?.problem).toBe("TOO_LARGE");
  expect(progressed(failed, "a", "sent").entries[0]?.progress).toBe("sent");
});

test("earlier conversations come before, and move no cursor", () => {
  const now = received(EMPTY, 9, [item("m5", 1)]);
  const standing = { interaction: 9, state: "CONNECTED", over: false, agent: "Mei", serial: "" };
  const old = { interaction: 3, state: "CLOSED", over: true, agent: "", serial: "", messages: [item("m1", 1)] };
  const whole = remembered(stands(now, standing), [{ ...standing, messages: [item("m5", 1)] }, old]);
  expect(ids(whole)).toEqual(["m1", "m5"]);
  expect(whole.cursor).toEqual({ interaction: 9, position: 1 });
});

test("receipts are owed once for what the other side wrote and the hub does not know", () => {
  const thread = received(EMPTY, 7, [item("m1", 1, { delivery: "READ" }), item("m2", 2), item("a", 3, { own: true })]);
  expect(owedReceipts(thread, "DELIVERED", new Set())).toEqual(["m2"]);
  expect(owedReceipts(thread, "READ", new Set(["READ:m2"]))).toEqual([]);
});

test("unread counts what came after the last look", () => {
  const thread = received(EMPTY, 7, [item("m1", 1), item("m2", 2), item("a", 3, { own: true }), item("m4", 4)]);
  expect(unread(thread, undefined)).toBe(3);
  expect(unread(thread, { interaction: 7, position: 2 })).toBe(1);
});

test("nothing begun, and a closed one, are both over", () => {
  const standing = { interaction: 9, state: "CLOSED", over: true, agent: "", serial: "" };
  expect(isOver(EMPTY)).toBe(true);
  expect(isOver(stands(EMPTY, standing))).toBe(true);
  expect(isOver(stands(EMPTY, { ...standing, over: false, state: "QUEUED" }))).toBe(false);
});
