/** The stream of events: gap-free, because every connection asks for what came after the last number it saw. */

import type { HubEvent } from "@/api/types";
import { Backoff } from "./Backoff";

export type FeedState = "connecting" | "live" | "offline";

export interface Signal {
  kind: string;
  interaction: number | null;
  data: Record<string, unknown>;
}

export interface FeedHandlers {
  events(items: HubEvent[]): void;
  signal(signal: Signal): void;
  resync(): void;
  state(state: FeedState): void;
  refused(): void;
}

type Frame =
  | { type: "hello"; seq: number }
  | { type: "events"; items: HubEvent[] }
  | { type: "resync"; seq: number }
  | { type: "ping" }
  | ({ type: "signal" } & Signal);

export type OpenSocket = (since: number) => WebSocket;

/** The server pings every 20 s or so: a silence longer than this means that the line is dead. */
const SILENCE_MS = 50_000;
/** Close codes the server uses when the session is no longer good (RFC 6455 §7.4.2, private range; 1008: policy). */
const REFUSED = new Set([1008, 4401]);

export class EventFeed {
  private socket: WebSocket | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private readonly backoff = new Backoff(500, 15_000);
  private stopped = true;

  constructor(
    private readonly open: OpenSocket,
    private readonly handlers: FeedHandlers,
    public seq = 0,
  ) {}

  start(since: number): void {
    this.seq = since;
    this.stopped = false;
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    this.drop();
  }

  /** The browser says that the network is gone: do not wait for the socket to notice. */
  suspend(): void {
    this.drop();
    this.handlers.state("offline");
  }

  /** The browser says that the network is back: do not wait for the back-off. */
  resume(): void {
    if (this.stopped) return;
    this.drop();
    this.backoff.reset();
    this.connect();
  }

  send(frame: Record<string, unknown>): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private connect(): void {
    this.handlers.state("connecting");
    const socket = this.open(this.seq);
    this.socket = socket;
    socket.onmessage = (message) => {
      if (socket === this.socket) this.receive(JSON.parse(String(message.data)) as Frame);
    };
    socket.onclose = (close) => {
      if (socket === this.socket) this.lost(close.code);
    };
    this.listenForSilence();
  }

  private receive(frame: Frame): void {
    this.listenForSilence();
    if (frame.type === "hello") this.greeted();
    else if (frame.type === "events") this.take(frame.items);
    else if (frame.type === "signal") this.handlers.signal(frame);
    else if (frame.type === "resync") {
      this.seq = frame.seq;
      this.handlers.resync();
    }
  }

  private greeted(): void {
    this.backoff.reset();
    this.handlers.state("live");
  }

  private take(items: HubEvent[]): void {
    const fresh = items.filter((event) => event.seq > this.seq);
    const last = fresh.at(-1);
    if (!last) return;
    this.seq = last.seq;
    this.handlers.events(fresh);
  }

  private lost(code: number): void {
    this.drop();
    if (this.stopped) return;
    if (REFUSED.has(code)) {
      this.handlers.refused();
      return;
    }
    this.handlers.state("offline");
    this.retry = setTimeout(() => this.connect(), this.backoff.next());
  }

  private drop(): void {
    clearTimeout(this.retry);
    clearTimeout(this.watchdog);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private listenForSilence(): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.lost(0), SILENCE_MS);
  }
}
