/** Messages on their way to the hub. What the network kept back stays, across reloads, and goes out in order. */

import { NetworkGone } from "@/api/client";
import type { Message, NewMessage } from "@/api/types";

export interface Waiting {
  key: string;
  interaction: number;
  message: NewMessage;
  at: string;
  error: string;
}

export type Result = { sent: Message } | { waiting: Waiting };
export type Deliver = (interaction: number, message: NewMessage) => Promise<Message>;

export interface Keep {
  load(): Waiting[];
  save(items: Waiting[]): void;
}

export class Outbox {
  private items: Waiting[];
  private flushing = false;

  constructor(
    private readonly deliver: Deliver,
    private readonly keep: Keep,
    private readonly changed: (items: Waiting[]) => void = () => {},
    private readonly newKey: () => string = () => crypto.randomUUID(),
  ) {
    this.items = keep.load();
  }

  /** Deliver now, or keep it when the network is gone or earlier ones still wait. Any refusal of the hub is thrown. */
  async send(interaction: number, message: NewMessage): Promise<Result> {
    const key = message.idempotency_key ?? this.newKey();
    const item: Waiting = { key, interaction, message: { ...message, idempotency_key: key }, at: now(), error: "" };
    if (this.items.some((other) => other.interaction === interaction && !other.error)) return this.hold(item);
    try {
      return { sent: await this.deliver(interaction, item.message) };
    } catch (error) {
      if (error instanceof NetworkGone) return this.hold(item);
      throw error;
    }
  }

  /** Send what waits, oldest first; stops when the network is still gone. What the hub refuses stays, with the reason. */
  async flush(): Promise<void> {
    if (this.flushing) return;
    this.flushing = true;
    try {
      for (const item of this.items.filter((other) => !other.error)) await this.attempt(item);
    } catch (error) {
      if (!(error instanceof NetworkGone)) throw error;
    } finally {
      this.flushing = false;
    }
  }

  retry(key: string): Promise<void> {
    this.replace(this.items.map((item) => (item.key === key ? renewed(item) : item)));
    return this.flush();
  }

  discard(key: string): void {
    this.replace(this.items.filter((item) => item.key !== key));
  }

  of(interaction: number): Waiting[] {
    return this.items.filter((item) => item.interaction === interaction);
  }

  private hold(item: Waiting): Result {
    this.replace([...this.items, item]);
    return { waiting: item };
  }

  private async attempt(item: Waiting): Promise<void> {
    try {
      await this.deliver(item.interaction, item.message);
      this.discard(item.key);
    } catch (error) {
      if (error instanceof NetworkGone) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      this.replace(this.items.map((other) => (other.key === item.key ? { ...other, error: reason } : other)));
    }
  }

  private replace(items: Waiting[]): void {
    this.items = items;
    this.keep.save(items);
    this.changed(items);
  }
}

/** Tried again after a refusal: whoever presses "send again" has seen what came in between. */
function renewed(item: Waiting): Waiting {
  const { expected_position: _seen, ...message } = item.message;
  return { ...item, message, error: "" };
}

function now(): string {
  return new Date().toISOString();
}
