/** What the visitor has said on its way to the hub: kept until it is acknowledged, seen in the thread all the while. */

import type { Connection } from "./connection";
import { Outbox } from "./outbox";
import { type Lasting, type MessageFrame, newId } from "./protocol";
import type { Room } from "./room";
import { type Progress, progressed, said, withdrawn } from "./thread";
import { kindTaken, send } from "./web";

export class Sending {
  private readonly outbox: Outbox;
  private readonly files = new Map<string, File>();

  constructor(
    private readonly room: Room,
    private readonly connection: Connection,
  ) {
    this.outbox = new Outbox(room.memory);
    for (const frame of this.outbox.waiting) if (frame.type === "message") this.show(frame);
  }

  get isWaiting(): boolean {
    return this.outbox.waiting.length > 0;
  }

  /** The line is there again. */
  resume(): void {
    for (const waiting of this.outbox.waiting) this.connection.send(waiting);
  }

  /** Keep it until it is acknowledged, and send it now if there is a line. */
  last(frame: Lasting): void {
    this.outbox.add(frame);
    if (!this.connection.send(frame)) this.connection.start();
  }

  show(frame: MessageFrame, files?: Parameters<typeof said>[3]): void {
    this.room.change({ thread: said(this.room.state.thread, frame, new Date().toISOString(), files) });
  }

  attach(file: File): void {
    const limits = this.room.configuration.limits;
    if (file.size > limits.upload_bytes) return this.room.notify("too-large", String(limits.upload_bytes));
    if (!kindTaken(file.type, limits.upload_types)) return this.room.notify("bad-type", file.name);
    const id = newId();
    this.files.set(id, file);
    this.room.memory.set({ known: true });
    this.carry(id, file);
  }

  /** A file that failed goes once more; whether it was one. */
  carryAgain(id: string): boolean {
    const file = this.files.get(id);
    if (file) this.carry(id, file);
    return file !== undefined;
  }

  discard(id: string): void {
    this.files.delete(id);
    this.outbox.remove(id);
    this.withdraw(id);
  }

  withdraw(id: string): void {
    this.room.change({ thread: withdrawn(this.room.state.thread, id) });
  }

  acknowledged(id: string): void {
    const frame = this.outbox.find(id);
    this.outbox.remove(id);
    if (frame?.type === "leave") this.room.change({ left: "done" });
    this.advance(id, "sent");
  }

  refused(code: string, detail: string, id?: string, retryAfter?: number): void {
    const frame = this.outbox.find(id);
    if (frame && retryAfter !== undefined) {
      if (code === "RATE_LIMITED") this.room.notify("wait", "");
      setTimeout(() => this.connection.send(frame), retryAfter * 1000 + 100);
      return;
    }
    if (frame) this.outbox.remove(frame.id);
    if (id && code === "FORM_REQUIRED") {
      this.room.change({ thread: withdrawn(this.room.state.thread, id), form: detail.split(", ") });
    } else if (id) this.advance(id, "failed", code);
    else if (code === "NOT_ALLOWED" || code === "RATE_LIMITED") this.room.notify("transcript-failed", "");
  }

  private carry(id: string, file: File): void {
    const link = { name: file.name, type: file.type, size: file.size, url: "" };
    this.show({ type: "message", id, text: "" }, [link]);
    send(this.room.url("upload"), { token: this.room.memory.get("token"), id }, file)
      .then(() => {
        this.files.delete(id);
        this.advance(id, "sent");
      })
      .catch((error: Error) => this.advance(id, "failed", error.message));
  }

  private advance(id: string, progress: Progress, problem?: string): void {
    this.room.change({ thread: progressed(this.room.state.thread, id, progress, problem) });
  }
}
