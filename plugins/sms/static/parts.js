/** Below a message: of how many texts it was made, what they cost. One text without a price says nothing. */

import { Element, element, style } from "./element.js";
import { anew, shared } from "./hub.js";
import { say } from "./words.js";

const look = style(":host { display: block; } p { margin: 2px 0 0; font-size: 12px; color: var(--text-soft); }");

class SmsParts extends Element {
  #seen = "";
  #sent = null;

  constructor() {
    super();
    this.root.adoptedStyleSheets = [look];
  }

  changed() {
    const { message, interaction } = this.context;
    const state = message?.delivery?.state ?? "";
    if (state && state !== this.#seen) this.#learn(interaction, message.id, state);
    if (message) this.#show();
  }

  async #learn(interaction, id, state) {
    const moved = this.#seen !== "";
    this.#seen = state;
    const known = moved ? {} : await shared("parts", { interaction }).catch(() => ({}));
    const all = known[id] ? known : await anew("parts", { interaction }).catch(() => ({}));
    this.#sent = all[id] ?? null;
    this.#show();
  }

  #show() {
    const facts = this.#sent ?? this.context.message.fields ?? {};
    const { parts = 1, coding, price, wish } = facts;
    const words = wish ? [say(this.language, wish)] : [];
    if (parts > 1) words.push(say(this.language, "parts", { parts }));
    if (parts > 1 && coding) words.push(say(this.language, coding));
    if (price) words.push(String(price));
    const line = element("p", { "data-testid": "sms-parts", "data-parts": parts }, words.join(" · "));
    this.root.replaceChildren(...(words.length ? [line] : []));
  }
}

customElements.define("sms-parts", SmsParts);
