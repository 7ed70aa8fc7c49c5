/** Where only approved templates go: whether a draft was made from one, which the hub knows. What it said last holds until
 * it has seen what was typed since; when it cannot be asked it decides as the text is sent. */

import { tell } from "./hub.js";

const PAUSE_MS = 300; // a template that is being filled in changes with every key

export class Fitting {
  #asked = "";
  #fits = true;
  #learned;

  /** `learned` is called when the verdict may be another. */
  constructor(learned) {
    this.#learned = learned;
  }

  /** Whether this may go, as far as is known. */
  may(hub, account, text) {
    const about = `${account} ${text}`;
    if (!text.trim()) [this.#asked, this.#fits] = ["", true];
    else if (about !== this.#asked) this.#ask(hub, { account: Number(account), text }, about);
    return this.#fits;
  }

  async #ask(hub, draft, about) {
    this.#asked = about;
    await new Promise((typed) => setTimeout(typed, PAUSE_MS));
    if (about !== this.#asked) return;
    const found = await tell(hub, "fitting", draft).catch(() => ({ template: true }));
    if (about !== this.#asked) return;
    this.#fits = found.template;
    this.#learned();
  }
}
