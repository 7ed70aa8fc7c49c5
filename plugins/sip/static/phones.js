/** The page of phones in the administration: who has one, whether it is registered, and what the trunks do. */

import { Agent } from "./agent.js";
import { element } from "./element.js";
import * as hub from "./hub.js";
import { look } from "./look.js";
import { trunks } from "./trunks.js";
import { say } from "./words.js";

/** "sip://0.0.0.0:5060, sips://…" as one types it into a phone: bound to every address, it is where this page is. */
function reached(listens) {
  const [first] = listens.replace("sip://", "").split(",");
  return first.replace(/^(0\.0\.0\.0|::)(?=:\d+$)/, location.hostname);
}

class SipPhones extends HTMLElement {
  #shadow = this.attachShadow({ mode: "open" });
  #language = "en";

  constructor() {
    super();
    this.#shadow.adoptedStyleSheets = [look];
  }

  set language(language) {
    const before = this.#language;
    this.#language = language;
    if (before !== language && this.isConnected) this.show();
  }

  get language() {
    return this.#language;
  }

  connectedCallback() {
    this.show();
  }

  async show() {
    const said = (key, values) => say(this.#language, key, values);
    try {
      const [users, phones, status] = await Promise.all([hub.users(this.hub), hub.phones(), hub.status()]);
      const list = this.#agents(users, phones, status, said);
      this.#shadow.replaceChildren(...this.#head(list, said), list, ...(status ? trunks(status, said) : []));
    } catch {
      this.#shadow.replaceChildren(element("p", { class: "wrong", role: "alert" }, said("failed")));
    }
  }

  #head(list, said) {
    const find = element("input", { type: "search", placeholder: said("find"), "aria-label": said("find"), "data-testid": "phone-find" });
    find.addEventListener("input", () => {
      const wanted = find.value.trim().toLowerCase();
      for (const row of list.children) row.hidden = !row.textContent.toLowerCase().includes(wanted) && !row.dataset.login.includes(wanted);
    });
    const refresh = element("button", { type: "button", "data-testid": "phone-refresh" }, said("refresh"));
    refresh.addEventListener("click", () => this.show());
    return [element("div", { class: "row" }, element("h2", { class: "grow" }, said("title")), find, refresh), element("p", { class: "faint" }, said("about"))];
  }

  /** Everybody who may log in, and whoever still has a phone. */
  #agents(users, phones, status, said) {
    const of = new Map(phones.map((phone) => [phone.user_id, phone]));
    const server = reached(status?.trunks.find((trunk) => trunk.registrar)?.listens ?? "");
    const mine = { give: (user, phone) => hub.give(this.hub, user, phone), take: (user) => hub.take(this.hub, user) };
    const about = { hub: mine, said, language: this.#language, server };
    const shown = users.filter((user) => user.enabled || of.has(user.id));
    return element("ul", { "data-testid": "phone-agents" }, ...shown.map((user) => new Agent(user, of.get(user.id), about).root));
  }
}

customElements.define("sip-phones", SipPhones);
