/** What the browser keeps between pages. A browser that keeps nothing (private mode, blocked) still chats. */

import type { Lasting } from "./protocol";
import type { Cursor } from "./thread";

export interface Kept {
  token: string;
  answers: Record<string, string>;
  outbox: Lasting[];
  seen?: Cursor;
  rated: number[];
  /** Whether this visitor has ever had a conversation: then the widget connects without being opened. */
  known: boolean;
}

const NOTHING: Kept = { token: "", answers: {}, outbox: [], rated: [], known: false };

export class Memory {
  private kept: Kept;

  constructor(
    private readonly key: string,
    private readonly storage: Storage | undefined = reachable(),
  ) {
    this.kept = { ...NOTHING, ...this.read() };
  }

  get<K extends keyof Kept>(name: K): Kept[K] {
    return this.kept[name];
  }

  set(change: Partial<Kept>): void {
    this.kept = { ...this.kept, ...change };
    try {
      this.storage?.setItem(this.key, JSON.stringify(this.kept));
    } catch {
      // full, or forbidden: it is kept as long as the page stays
    }
  }

  /** Another visitor from now on. */
  forget(): void {
    this.set({ token: "", outbox: [], seen: undefined, known: false });
  }

  private read(): Partial<Kept> {
    try {
      return JSON.parse(this.storage?.getItem(this.key) ?? "{}") as Partial<Kept>;
    } catch {
      return {};
    }
  }
}

function reachable(): Storage | undefined {
  try {
    return globalThis.localStorage;
  } catch {
    return undefined;
  }
}
