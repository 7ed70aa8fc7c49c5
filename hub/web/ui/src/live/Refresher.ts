/** Refetches what is stale: many events in one breath cause one request, and a request under way is never doubled. */

import type { Need } from "./needs";

export type Fetch = () => Promise<unknown>;

interface Entry {
  fetch: Fetch;
  running: boolean;
  again: boolean;
}

export class Refresher {
  private readonly entries = new Map<Need, Set<Entry>>();
  private asked = new Set<Need>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly breath = 60,
    private readonly failed: (error: unknown) => void = () => {},
  ) {}

  /** Keep `need` fresh by `fetch` until the returned function is called. */
  register(need: Need, fetch: Fetch): () => void {
    const entry: Entry = { fetch, running: false, again: false };
    const entries = this.entries.get(need) ?? new Set();
    this.entries.set(need, entries.add(entry));
    return () => {
      entries.delete(entry);
      if (!entries.size) this.entries.delete(need);
    };
  }

  ask(needs: Iterable<Need>): void {
    for (const need of needs) this.asked.add(need);
    this.timer ??= setTimeout(() => this.run(), this.breath);
  }

  askForAll(): void {
    this.ask(this.entries.keys());
  }

  private run(): void {
    const asked = this.asked;
    this.asked = new Set();
    this.timer = undefined;
    for (const need of asked) for (const entry of this.entries.get(need) ?? []) void this.refresh(entry);
  }

  private async refresh(entry: Entry): Promise<void> {
    if (entry.running) {
      entry.again = true;
      return;
    }
    entry.running = true;
    try {
      await entry.fetch();
    } catch (error) {
      this.failed(error);
    } finally {
      entry.running = false;
    }
    if (entry.again) {
      entry.again = false;
      await this.refresh(entry);
    }
  }
}
