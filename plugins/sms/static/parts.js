/** Below a message: of how many texts it was made, how many arrived, what they cost. One without a price says nothing. */

import { arrival } from "./arrival.js";
import { Element, element, style } from "./element.js";
import { anew, shared } from "./hub.js";
import { say } from "./words.js";

const look = style(":host { display: block; } p { margin: 2px 0 0; font-size: 12px; color: var(--text-soft); }");

class SmsParts extends Element {
  #seen = "";
  #sent = null;
  #forget = () => {};

  constructor() {
    super();
    this.root.adoptedStyleSheets = [look];
  }

  connectedCallback() {
    super.connectedCallback();
    this.#forget = this.hub?.onSignal?.((signal) => this.#heard(signal)) ?? this.#forget;
  }

  disconnectedCallback() {
    this.#forget();
  }

  /** A part has arrived, and others not yet. */
  #heard({ kind, interaction, data }) {
    const { message } = this.context;
    if (kind === "parts" && interaction === this.context.interaction && data.message === message?.id)
      this.#learn(interaction, message.id, this.#seen || "SENT");
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
    const { parts = 1, coding, price, wish, states } = facts;
    const words = wish ? [say(this.language, wish)] : [];
    if (parts > 1) words.push(say(this.language, "parts", { parts }));
    if (parts > 1 && coding) words.push(say(this.language, coding));
    words.push(...arrival(this.language, states));
    if (price) words.push(String(price));
    const line = element("p", { "data-testid": "sms-parts", "data-parts": parts }, words.join(" · "));
    this.root.replaceChildren(...(words.length ? [line] : []));
  }
}

customElements.define("sms-parts", SmsParts);
