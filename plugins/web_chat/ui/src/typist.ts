/** Tells the agent that the visitor types, and what, without a frame for every key. */

import type { ClientFrame } from "./protocol";

const EVERY = 1_200;
const PAUSES = 4_000;

export class Typist {
  private typing = false;
  private text = "";
  private told = 0;
  private soon?: ReturnType<typeof setTimeout>;
  private idle?: ReturnType<typeof setTimeout>;

  constructor(
    private readonly preview: boolean,
    private readonly send: (frame: ClientFrame) => void,
  ) {}

  typed(text: string): void {
    this.text = text;
    clearTimeout(this.idle);
    if (!text) return this.stop();
    this.idle = setTimeout(() => this.stop(), PAUSES);
    const wait = this.told + EVERY - Date.now();
    if (wait <= 0) this.tell();
    else this.soon ??= setTimeout(() => this.tell(), wait);
  }

  stop(): void {
    clearTimeout(this.idle);
    clearTimeout(this.soon);
    this.soon = undefined;
    if (this.typing) this.send({ type: "typing", typing: false });
    this.typing = false;
  }

  private tell(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    this.told = Date.now();
    this.typing = true;
    this.send({ type: "typing", typing: true, text: this.preview ? this.text.slice(0, 2000) : undefined });
  }
}
