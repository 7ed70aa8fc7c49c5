import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Connection, type Line } from "../src/connection";
import type { ServerFrame } from "../src/protocol";

class FakeSocket {
  static all: FakeSocket[] = [];
  readyState = 1;
  sent: string[] = [];
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: ((event: { code: number }) => void) | null;

  constructor(readonly url: string) {
    FakeSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.readyState = 3;
  }

  say(frame: ServerFrame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  drop(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

const lines: Line[] = [];
let forgotten = 0;

function connection(): Connection {
  return new Connection({
    url: "ws://hub.test",
    hello: () => ({ type: "hello", version: 1, language: "en" }),
    onFrame: () => undefined,
    onLine: (line) => lines.push(line),
    onForged: () => forgotten++,
    socket: (url) => new FakeSocket(url) as unknown as WebSocket,
    random: () => 0.5,
  });
}

const newest = () => FakeSocket.all.at(-1) as FakeSocket;

function ready(): void {
  newest().onopen?.();
  newest().say({ type: "ready" });
}

beforeEach(() => {
  vi.useFakeTimers();
  FakeSocket.all = [];
  lines.length = 0;
  forgotten = 0;
});
afterEach(() => vi.useRealTimers());

test("hello is the first frame, and nothing else goes out before ready", () => {
  const line = connection();
  line.start();
  newest().onopen?.();
  expect(line.send({ type: "ping" })).toBe(false);
  newest().say({ type: "ready" });
  expect(line.send({ type: "ping" })).toBe(true);
  expect(newest().sent.map((text) => JSON.parse(text).type)).toEqual(["hello", "ping"]);
});

test("a lost line comes back by itself, later each time it fails", () => {
  connection().start();
  ready();
  newest().drop();
  expect(lines.at(-1)).toBe("lost");
  vi.advanceTimersByTime(600);
  expect(FakeSocket.all.length).toBe(2);
  newest().drop();
  vi.advanceTimersByTime(600);
  expect(FakeSocket.all.length).toBe(2);
  vi.advanceTimersByTime(600);
  expect(FakeSocket.all.length).toBe(3);
  ready();
  expect(lines.at(-1)).toBe("ready");
});

test("a page that may not embed the chat does not knock for ever", () => {
  connection().start();
  newest().drop(4403);
  vi.advanceTimersByTime(60_000);
  expect(FakeSocket.all.length).toBe(1);
  expect(lines.at(-1)).toBe("shut");
});

test("a refused token is forgotten, and the visitor comes in as a new one", () => {
  connection().start();
  newest().drop(4401);
  expect(forgotten).toBe(1);
  vi.advanceTimersByTime(1_000);
  expect(FakeSocket.all.length).toBe(2);
});

test("a network that died without a word is noticed", () => {
  connection().start();
  ready();
  vi.advanceTimersByTime(45_000);
  expect(newest().sent.at(-1)).toContain("ping");
  vi.advanceTimersByTime(10_000);
  expect(lines.at(-1)).toBe("lost");
});

test("a page that is shown again does not wait for the clock", () => {
  const line = connection();
  line.start();
  ready();
  newest().drop();
  line.nudge();
  expect(FakeSocket.all.length).toBe(2);
});
