/** One websocket that comes back by itself: hello first, frames in order, silence noticed. */

import { pause } from "./backoff";
import { type ClientFrame, FORGED, type ServerFrame, SHUT } from "./protocol";

export type Line = "idle" | "connecting" | "ready" | "lost" | "shut";

export interface Wiring {
  url: string;
  hello: () => ClientFrame;
  onFrame: (frame: ServerFrame) => void;
  onLine: (line: Line) => void;
  /** The token was refused; forget it. */
  onForged: () => void;
  socket?: (url: string) => WebSocket;
  random?: () => number;
}

const QUIET = 45_000;
const ANSWER_WITHIN = 10_000;

export class Connection {
  line: Line = "idle";
  private socket?: WebSocket;
  private attempt = 0;
  private retry?: ReturnType<typeof setTimeout>;
  private watch?: ReturnType<typeof setTimeout>;

  constructor(private readonly wiring: Wiring) {}

  /** Connect now; does nothing when there is a connection. */
  start(): void {
    if (this.line === "idle" || this.line === "lost") this.connect();
  }

  /** Say goodbye and stay away. */
  stop(): void {
    clearTimeout(this.retry);
    clearTimeout(this.watch);
    const socket = this.socket;
    this.socket = undefined;
    socket?.close(1000);
    this.become("idle");
  }

  /** Whether the frame went out; it may still get lost, which is why lasting frames wait for their ack. */
  send(frame: ClientFrame): boolean {
    if (this.line !== "ready" || this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** The page was shown again, or the network is back: do not wait for the clock. */
  nudge(): void {
    if (this.line === "lost") this.connect();
    else if (this.line === "ready") this.ping();
  }

  private connect(): void {
    clearTimeout(this.retry);
    this.become(this.line === "lost" ? "lost" : "connecting");
    const socket = (this.wiring.socket ?? ((url) => new WebSocket(url)))(this.wiring.url);
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify(this.wiring.hello()));
    socket.onmessage = (event) => this.socket === socket && this.hear(String(event.data));
    socket.onclose = (event) => this.socket === socket && this.lost(event.code);
    this.expect(ANSWER_WITHIN);
  }

  private hear(text: string): void {
    this.expect(QUIET);
    const frame = JSON.parse(text) as ServerFrame;
    if (frame.type === "ready") {
      this.attempt = 0;
      this.become("ready");
    }
    this.wiring.onFrame(frame);
  }

  private lost(code: number): void {
    clearTimeout(this.watch);
    this.socket = undefined;
    if (SHUT.has(code)) {
      this.become("shut");
      return;
    }
    if (code === FORGED) this.wiring.onForged();
    this.become("lost");
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.connect(), pause(this.attempt++, (this.wiring.random ?? Math.random)()));
  }

  /** A network that is gone closes no socket: after a silence we ask, and then give up on it. */
  private expect(within: number): void {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => (within === QUIET ? this.ping() : this.abandon()), within);
  }

  private ping(): void {
    if (this.send({ type: "ping" })) this.expect(ANSWER_WITHIN);
  }

  private abandon(): void {
    const socket = this.socket;
    if (!socket) return;
    socket.onclose = null;
    socket.close();
    this.lost(1006);
  }

  private become(line: Line): void {
    if (this.line === line) return;
    this.line = line;
    this.wiring.onLine(line);
  }
}
