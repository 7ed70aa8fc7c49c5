import { describe, expect, test, vi } from "vitest";
import { NetworkGone } from "@/api/client";
import type { HubEvent, Message, NewMessage } from "@/api/types";
import { Backoff } from "./Backoff";
import { EventFeed, type FeedHandlers } from "./EventFeed";
import { mergeHead } from "./mergeHead";
import { needsOf, needsOfAll } from "./needs";
import { Outbox, type Waiting } from "./Outbox";
import { Refresher } from "./Refresher";

function event(seq: number, type: string, more: Partial<HubEvent> = {}): HubEvent {
  const none = { interaction: null, ticket: null, customer: null, user: null, queue: null, department: null };
  return { seq, at: "2026-01-01T00:00:00Z", type, ...none, data: {}, ...more };
}

class FakeSocket {
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((close: { code: number }) => void) | null = null;
  readyState = 1;
  close = vi.fn();
  send = vi.fn();

  says(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
}

function feed() {
  const sockets: FakeSocket[] = [];
  const since: number[] = [];
  const handlers = { events: vi.fn(), signal: vi.fn(), resync: vi.fn(), state: vi.fn(), refused: vi.fn() };
  const subject = new EventFeed((seq) => {
    since.push(seq);
    sockets.push(new FakeSocket());
    return sockets.at(-1) as unknown as WebSocket;
  }, handlers satisfies FeedHandlers);
  return { subject, sockets, since, handlers };
}

describe("the feed", () => {
  test("asks a new connection for what came after the last event it saw", () => {
    vi.useFakeTimers();
    const { subject, sockets, since, handlers } = feed();
    subject.start(7);
    sockets[0]?.says({ type: "hello", seq: 9 });
    sockets[0]?.says({ type: "events", items: [event(8, "offer.created"), event(9, "offer.ended")] });
    sockets[0]?.onclose?.({ code: 1006 });
    expect(handlers.state).toHaveBeenLastCalledWith("offline");
    vi.advanceTimersByTime(500);
    expect(since).toEqual([7, 9]);
    vi.useRealTimers();
  });

  test("shows an event that arrives twice once", () => {
    const { subject, sockets, handlers } = feed();
    subject.start(0);
    sockets[0]?.says({ type: "events", items: [event(1, "offer.created")] });
    sockets[0]?.says({ type: "events", items: [event(1, "offer.created"), event(2, "offer.ended")] });
    expect(handlers.events.mock.calls.map(([items]) => items.map((item: HubEvent) => item.seq))).toEqual([[1], [2]]);
    subject.stop();
  });

  test("goes on from the number a resync names", () => {
    const { subject, sockets, since, handlers } = feed();
    subject.start(1);
    sockets[0]?.says({ type: "resync", seq: 500 });
    subject.resume();
    expect(handlers.resync).toHaveBeenCalledOnce();
    expect(since).toEqual([1, 500]);
    subject.stop();
  });

  test("does not knock again when the session has ended", () => {
    vi.useFakeTimers();
    const { subject, sockets, since, handlers } = feed();
    subject.start(1);
    sockets[0]?.onclose?.({ code: 4401 });
    vi.advanceTimersByTime(60_000);
    expect(handlers.refused).toHaveBeenCalledOnce();
    expect(since).toEqual([1]);
    vi.useRealTimers();
  });
});

describe("what an event makes stale", () => {
  test("a message: its conversation, the lists, the counts", () => {
    const needs = needsOf(event(1, "interaction.message", { interaction: 5 }), 1);
    expect(needs).toEqual(["lists", "counts", "interaction:5", "messages:5"]);
  });

  test("a presence: mine also changes my own switch", () => {
    expect(needsOf(event(1, "presence.changed", { user: 3 }), 3)).toContain("me");
    expect(needsOf(event(1, "presence.changed", { user: 4 }), 3)).not.toContain("me");
  });

  test("a merge: both customers", () => {
    const merge = event(1, "customer.merged", { customer: 2, data: { kept: 2, gone: 9 } });
    expect(needsOfAll([merge], 1)).toEqual(new Set(["customers", "customer:2", "customer:9"]));
  });

  test("an unknown event of a plugin: nothing", () => {
    expect(needsOf(event(1, "weather.changed"), 1)).toEqual([]);
  });
});

describe("the refresher", () => {
  test("fetches once for many events and once more for those that came meanwhile", async () => {
    vi.useFakeTimers();
    let finish = () => {};
    const fetch = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    const refresher = new Refresher(60);
    refresher.register("counts", fetch);
    refresher.ask(["counts"]);
    refresher.ask(["counts", "lists"]);
    vi.advanceTimersByTime(60);
    expect(fetch).toHaveBeenCalledTimes(1);
    refresher.ask(["counts"]);
    vi.advanceTimersByTime(60);
    expect(fetch).toHaveBeenCalledTimes(1);
    finish();
    await vi.waitFor(() => expect(fetch).toHaveBeenCalledTimes(2));
    vi.useRealTimers();
  });
});

describe("the outbox", () => {
  const kept = () => {
    let stored: Waiting[] = [];
    return { load: () => stored, save: (items: Waiting[]) => (stored = items) };
  };
  const text = (words: string): NewMessage => ({ kind: "TEXT", text: words });

  test("keeps what the network refused and sends it in order, each under its own key", async () => {
    let online = false;
    const ledger: NewMessage[] = [];
    let keys = 0;
    const box = new Outbox(
      async (_, message) => {
        if (!online) throw new NetworkGone();
        ledger.push(message);
        return {} as Message;
      },
      kept(),
      () => {},
      () => `k${++keys}`,
    );
    expect(await box.send(1, text("one"))).toHaveProperty("waiting");
    expect(await box.send(1, text("two"))).toHaveProperty("waiting");
    online = true;
    await box.flush();
    expect(ledger.map((message) => [message.text, message.idempotency_key])).toEqual([
      ["one", "k1"],
      ["two", "k2"],
    ]);
    expect(box.of(1)).toEqual([]);
  });

  test("survives a reload", async () => {
    const keep = kept();
    const gone = () => Promise.reject(new NetworkGone());
    await new Outbox(gone, keep).send(4, text("still here"));
    expect(new Outbox(gone, keep).of(4).map((item) => item.message.text)).toEqual(["still here"]);
  });

  test("shows why the hub refused one and lets the others go", async () => {
    const answers = [new NetworkGone(), new NetworkGone(), new Error("closed"), null];
    const deliver = async () => {
      const answer = answers.shift();
      if (answer) throw answer;
      return {} as Message;
    };
    const box = new Outbox(deliver, kept());
    await box.send(1, text("refused"));
    await box.send(2, text("fine"));
    await box.flush();
    expect(box.of(1)[0]?.error).toBe("closed");
    expect(box.of(2)).toEqual([]);
  });
});

test("a list scrolled far keeps its tail when its head is refetched", () => {
  const list = [1, 2, 3, 4, 5].map((id) => ({ id }));
  const head = [4, 1, 3].map((id) => ({ id }));
  expect(mergeHead(list, head, false).map((item) => item.id)).toEqual([4, 1, 3, 5]);
  expect(mergeHead(list, head, true)).toEqual(head);
});

test("waits double up to the limit and are spread by half", () => {
  const least = new Backoff(100, 1000, () => 0);
  expect([1, 2, 3, 4, 5].map(() => least.next())).toEqual([50, 100, 200, 400, 500]);
});
