import { beforeEach, expect, test, vi } from "vitest";
import { Chat } from "../src/chat";
import { Memory } from "../src/memory";
import type { ClientFrame, Configuration, Customer, ServerFrame } from "../src/protocol";

const both = { en: "", zh: "" };
const CONFIGURATION: Configuration = {
  version: 1,
  account: "shop",
  language: "en",
  open: true,
  title: both,
  greeting: both,
  away_notice: both,
  colour: "#2f5fe0",
  side: "right",
  form: [],
  live_typing: true,
  rating: true,
  transcript: true,
  call_me: false,
  limits: { text: 4000, upload_bytes: 1000, upload_types: ["image/*"] },
};
const WANG: Customer = { id: "4711", signed_at: 1, signature: "x" };

class FakeStorage {
  private kept = new Map<string, string>();
  getItem = (key: string) => this.kept.get(key) ?? null;
  setItem = (key: string, value: string) => void this.kept.set(key, value);
}

class FakeSocket {
  readyState = 1;
  said: ClientFrame[] = [];
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: (event: { code: number }) => void;
  send = (text: string) => void this.said.push(JSON.parse(text));
  close = () => undefined;
  hear = (...frames: ServerFrame[]) => {
    for (const frame of frames) this.onmessage?.({ data: JSON.stringify(frame) });
  };
}

let sockets: FakeSocket[] = [];
let storage: FakeStorage;

function page(customer?: Customer): Chat {
  const place = { base: "https://hub.test", account: "shop", language: "en" as const, customer };
  const memory = new Memory("chat", storage as unknown as Storage);
  return new Chat(place, CONFIGURATION, memory, () => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return socket as unknown as WebSocket;
  });
}

const newest = () => sockets.at(-1) as FakeSocket;

function comesIn(token = "t1"): void {
  newest().onopen?.();
  newest().hear({ type: "welcome", version: 1, token, name: "", open: true, known: false }, { type: "ready" });
}

const messages = () => newest().said.filter((frame) => frame.type === "message");

beforeEach(() => {
  vi.useFakeTimers();
  sockets = [];
  storage = new FakeStorage();
  vi.stubGlobal("document", { visibilityState: "visible", title: "Shop", addEventListener: () => undefined });
  vi.stubGlobal("location", { href: "https://shop.test/" });
  vi.stubGlobal("addEventListener", () => undefined);
});

test("who never wrote anything costs the hub no connection until they open the chat", () => {
  const chat = page();
  chat.begin();
  expect(sockets.length).toBe(0);
  chat.show(true);
  expect(sockets.length).toBe(1);
});

test("what was not acknowledged is said again with the same id, also after the page was loaded anew", () => {
  const chat = page();
  chat.show(true);
  comesIn();
  chat.say("Hello");
  const first = messages()[0];
  newest().onclose?.({ code: 1006 });
  vi.advanceTimersByTime(1_000);
  comesIn();
  expect(messages()).toEqual([first]);
  const again = page();
  again.begin();
  comesIn();
  expect(messages()).toEqual([first]);
  newest().hear({ type: "ack", id: (first as { id: string }).id });
  page().begin();
  comesIn();
  expect(messages()).toEqual([]);
});

test("what the hub cannot take now is said again when it said so", () => {
  const chat = page();
  chat.show(true);
  comesIn();
  chat.say("Hello");
  const id = (messages()[0] as { id: string }).id;
  newest().hear({ type: "error", code: "OVERLOADED", detail: "", id, retry_after: 2 });
  vi.advanceTimersByTime(2_200);
  expect(messages().length).toBe(2);
});

test("a signature introduces a customer once; afterwards the token does", () => {
  const chat = page(WANG);
  chat.show(true);
  comesIn("wang");
  expect(newest().said[0]).toMatchObject({ customer: WANG });
  newest().onclose?.({ code: 1006 });
  vi.advanceTimersByTime(1_000);
  newest().onopen?.();
  expect(newest().said[0]).toMatchObject({ token: "wang" });
  expect(newest().said[0]).not.toHaveProperty("customer");
});

test("a signature that is not good does not keep the visitor out for ever", () => {
  page(WANG).show(true);
  newest().onopen?.();
  newest().onclose?.({ code: 4401 });
  vi.advanceTimersByTime(1_000);
  newest().onopen?.();
  expect(newest().said[0]).not.toHaveProperty("customer");
});

test("after a logout nothing of the customer is left on the device", () => {
  const chat = page(WANG);
  chat.show(true);
  comesIn("wang");
  chat.answer({ name: "Wang" });
  chat.say("Hello");
  chat.forget();
  newest().onopen?.();
  expect(newest().said[0]).not.toHaveProperty("token");
  expect(storage.getItem("chat")).not.toContain("Wang");
  expect(chat.state.thread.entries).toEqual([]);
});
