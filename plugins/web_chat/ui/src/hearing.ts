/** What the hub says, and what it is told of how far that has come. */

import type { Connection, Line } from "./connection";
import { type ClientFrame, type ServerFrame, VERSION } from "./protocol";
import type { Room } from "./room";
import type { Sending } from "./sending";
import { owedReceipts, readByAgent, received, stands, type Thread } from "./thread";

export class Hearing {
  private readonly told = new Set<string>();

  constructor(
    private readonly room: Room,
    private readonly sending: Sending,
    private readonly connection: Connection,
  ) {}

  hello(): ClientFrame {
    const { memory, place, state, introduced } = this.room;
    const token = memory.get("token") || undefined;
    // once we are in, the token says who we are: a signature grows old with the page
    const customer = introduced ? undefined : place.customer;
    return { type: "hello", version: VERSION, token, customer, since: state.thread.cursor, language: place.language };
  }

  hear(frame: ServerFrame): void {
    const { thread } = this.room.state;
    switch (frame.type) {
      case "welcome":
        this.room.introduced = true;
        this.room.memory.set({ token: frame.token });
        return this.room.change({ open: frame.open });
      case "ready":
        this.sending.resume();
        return this.look();
      case "messages":
        this.room.change({
          thread: received(thread, frame.interaction, frame.items),
          typing: this.stillTyping(frame.items),
        });
        return this.look();
      case "state":
        return this.room.change({ thread: stands(thread, frame) });
      case "ack":
        return this.sending.acknowledged(frame.id);
      case "error":
        return this.sending.refused(frame.code, frame.detail, frame.id, frame.retry_after);
      case "typing":
        return this.room.theyType(frame.typing ? (frame.name ?? "") : undefined);
      case "read":
        return this.room.change({ thread: readByAgent(thread, frame.interaction) });
      case "transcript":
        return this.room.notify("transcript", frame.mailto);
    }
  }

  onLine(line: Line): void {
    if (line !== "ready") this.told.clear();
    this.room.change({ line, typing: undefined });
  }

  /** Say what has arrived, and what has been seen. */
  look(): void {
    const { thread, shown } = this.room.state;
    this.receipts("DELIVERED", thread);
    if (!shown || document.visibilityState !== "visible") return;
    this.receipts("READ", thread);
    if (thread.cursor) this.room.memory.set({ seen: thread.cursor });
    this.room.change({});
  }

  private receipts(state: "DELIVERED" | "READ", thread: Thread): void {
    const ids = owedReceipts(thread, state, this.told).slice(-200);
    if (ids.length && this.connection.send({ type: "receipt", state, ids })) {
      for (const id of ids) this.told.add(`${state}:${id}`);
    }
  }

  private stillTyping(items: { own: boolean }[]): string | undefined {
    return items.some((item) => !item.own) ? undefined : this.room.state.typing;
  }
}
