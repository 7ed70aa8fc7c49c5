/** What the visitor's side has in hand: where it stands, what it remembers, what is shown, and who watches that. */

import type { Memory } from "./memory";
import type { Configuration } from "./protocol";
import { initial, type Notice, type Place, type State } from "./state";

const TYPING_FADES = 6_000;
const NOTICE_FADES = 6_000;

export class Room {
  state: State;
  /** The hub knows who this is: a token it gave says so from now on. */
  introduced = false;
  private readonly listeners = new Set<() => void>();
  private fade?: ReturnType<typeof setTimeout>;
  private fadeNotice?: ReturnType<typeof setTimeout>;

  constructor(
    readonly place: Place,
    readonly configuration: Configuration,
    readonly memory: Memory,
  ) {
    this.state = initial(configuration.open, memory.get("known"));
  }

  watch(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  change(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }

  theyType(typing: string | undefined): void {
    clearTimeout(this.fade);
    if (typing !== undefined) this.fade = setTimeout(() => this.change({ typing: undefined }), TYPING_FADES);
    this.change({ typing });
  }

  notify(kind: Notice["kind"], detail: string): void {
    clearTimeout(this.fadeNotice);
    this.fadeNotice = setTimeout(() => this.change({ notice: undefined }), NOTICE_FADES);
    this.change({ notice: { kind, detail } });
  }

  /** Nobody in particular is here. */
  disown(): void {
    this.introduced = false;
    this.place.customer = undefined;
    this.memory.forget();
  }

  url(path: string): string {
    return `${this.place.base}/c/web_chat/${encodeURIComponent(this.place.account)}/${path}`;
  }
}
