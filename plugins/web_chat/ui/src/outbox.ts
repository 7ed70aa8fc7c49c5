/** What was written and not acknowledged: kept over page loads, and said again after every reconnect. */

import type { Memory } from "./memory";
import type { Lasting } from "./protocol";

export class Outbox {
  constructor(private readonly memory: Memory) {}

  get waiting(): Lasting[] {
    return this.memory.get("outbox");
  }

  find(id: string | undefined): Lasting | undefined {
    return this.waiting.find((frame) => frame.id === id);
  }

  add(frame: Lasting): void {
    this.memory.set({ outbox: [...this.waiting, frame] });
  }

  /** It is stored, refused or discarded. */
  remove(id: string): void {
    this.memory.set({ outbox: this.waiting.filter((frame) => frame.id !== id) });
  }
}
