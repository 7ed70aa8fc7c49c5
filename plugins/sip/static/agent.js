/** One agent's row: their phone, whether it is registered and where, and the form that gives, changes or takes it. */

import { element } from "./element.js";

const FOREIGN = /[^A-Za-z0-9._-]/g;

export class Agent {
  #hub;
  #said;
  #language;
  #server;

  /** `hub` has give and take for this agent; `said` the words; `server` is where phones log in, "" when not known. */
  constructor(user, phone, { hub, said, language, server }) {
    this.user = user;
    this.phone = phone;
    this.#hub = hub;
    this.#said = said;
    this.#language = language;
    this.#server = server;
    this.root = element("li", { "data-testid": "phone-agent", "data-login": user.login });
    this.show();
  }

  show(...below) {
    const { name, login } = this.user;
    const open = this.#button(this.phone ? "change" : "give", "phone-open", () => this.edit());
    open.setAttribute("aria-label", this.#said("of", { what: open.textContent, name }));
    const who = element("div", { class: "grow" }, element("h3", {}, name), element("span", { class: "faint" }, this.phone?.username ?? login));
    this.root.replaceChildren(element("div", { class: "row" }, who, ...this.#state(), open), ...this.#places(), ...below);
  }

  edit(wrong = "", username = this.#suggested(), outside = this.phone?.outside ?? "") {
    const name = this.#input("username", { value: username, required: "", maxlength: "40" });
    const number = this.#input("outside", { value: outside, inputmode: "tel", maxlength: "30" });
    const kept = () => this.phone?.username === name.value.trim();
    const send = (renewed) => {
      const anew = renewed || !kept() ? { username: name.value.trim() } : {};
      return this.#give({ ...anew, outside: number.value.replace(/[\s()-]/g, "") }, name.value, number.value);
    };
    const renew = this.#button("renew", "phone-renew", () => send(true));
    const cancel = this.#button("cancel", "phone-cancel", () => this.#back());
    const save = element("button", { type: "submit", "data-testid": "phone-save" }, this.#said(this.phone ? "save" : "give"));
    const form = element("form", { class: "row" }, this.#label("username", name), this.#label("outside", number), save, ...(this.phone ? [renew, this.#remove()] : []), cancel);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(false);
    });
    this.show(...(wrong ? [element("p", { class: "wrong", role: "alert", "data-testid": "phone-wrong" }, wrong)] : []), form);
    name.focus();
  }

  #state() {
    if (!this.phone) return [element("span", { class: "pill", "data-testid": "phone-state" }, this.#said("none"))];
    const here = this.phone.contacts.length > 0;
    const state = element("span", { class: here ? "pill good" : "pill", "data-testid": "phone-state" }, this.#said(here ? "registered" : "away"));
    const { outside } = this.phone;
    return [...(outside ? [element("span", { class: "pill", "data-testid": "phone-rings" }, this.#said("rings", { outside }))] : []), state];
  }

  #places() {
    return (this.phone?.contacts ?? []).map((each) => {
      const until = new Date(each.until).toLocaleTimeString(this.#language, { hour: "2-digit", minute: "2-digit" });
      const agent = each.user_agent || this.#said("a_phone");
      return element("p", { class: "faint", "data-testid": "phone-place" }, this.#said("place", { ...each, agent, until }));
    });
  }

  async #give(wanted, username, outside) {
    try {
      const given = await this.#hub.give(this.user.id, wanted);
      this.phone = { contacts: [], ...this.phone, ...wanted, ...(given.password ? { contacts: [] } : {}) };
      if (given.password) this.#once(given);
      else this.#back();
    } catch (error) {
      const why = { 409: "taken", 422: "wrong" }[error.status] ?? "failed";
      this.edit(this.#said(why), username, outside);
    }
  }

  #once({ username, password }) {
    const facts = { user: username, password, server: this.#server || this.#said("address") };
    const rows = Object.entries(facts).flatMap(([key, value]) => [element("dt", {}, this.#said(key)), element("dd", { "data-testid": `phone-${key}` }, value)]);
    const close = this.#button("close", "phone-close", () => this.#back());
    const box = element("div", { class: "once", role: "status", tabindex: "-1", "data-testid": "phone-once" }, this.#said("once"), element("dl", {}, ...rows), close);
    this.show(box);
    box.focus();
  }

  /** The first press asks, the second does it. */
  #remove() {
    const remove = this.#button("remove", "phone-remove", async () => {
      if (remove.textContent !== this.#said("sure")) {
        remove.textContent = this.#said("sure");
        return;
      }
      try {
        await this.#hub.take(this.user.id);
        this.phone = undefined;
        this.#back();
      } catch {
        this.edit(this.#said("failed"));
      }
    });
    remove.className = "danger";
    return remove;
  }

  /** The form is gone: the keyboard stands where it was opened. */
  #back() {
    this.show();
    this.root.querySelector("button").focus();
  }

  #suggested() {
    return this.phone?.username ?? this.user.login.replace(FOREIGN, "-").slice(0, 40);
  }

  #button(word, testid, pressed) {
    const made = element("button", { type: "button", "data-testid": testid }, this.#said(word));
    made.addEventListener("click", pressed);
    return made;
  }

  #input(name, attributes) {
    return element("input", { "data-testid": `phone-${name}`, autocomplete: "off", spellcheck: "false", ...attributes });
  }

  #label(word, input) {
    return element("label", {}, this.#said(word), input);
  }
}
