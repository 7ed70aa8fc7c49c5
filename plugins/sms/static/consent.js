/** Beside a conversation: whether texts may go to its number, and by what evidence. Agents note what they were told. */

import { Element, element, style } from "./element.js";
import { ask, tell } from "./hub.js";
import { say } from "./words.js";

const SHOWN = 3;
const look = style(`
:host { display: block; padding: 12px 16px; border-bottom: 1px solid var(--line); color: var(--text); font: inherit; }
h3 { margin: 0; font-size: 13px; font-weight: 600; flex: 1; }
.row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.pill { padding: 2px 8px; border-radius: 999px; font-size: 12px; background: var(--good-soft); color: var(--good); }
.pill.stopped { background: var(--bad-soft); color: var(--bad); }
p { margin: 6px 0 0; font-size: 12px; color: var(--text-soft); overflow-wrap: anywhere; }
.wrong { color: var(--bad); }
form { display: grid; gap: 8px; margin-top: 8px; }
label { display: grid; gap: 4px; font-size: 12px; color: var(--text-soft); }
button, input { font: inherit; font-size: 13px; color: var(--text); background: var(--surface); border: 1px solid var(--line-strong);
  border-radius: 8px; padding: 5px 10px; }
button { cursor: pointer; min-height: 28px; margin-top: 8px; }
form button { margin: 0; }
:focus-visible { outline: 2px solid var(--accent-text); outline-offset: 1px; }
`);

class SmsConsent extends Element {
  #about = "";
  #found = null;
  #writing = false;
  #wrong = false;

  constructor() {
    super();
    this.root.adoptedStyleSheets = [look];
  }

  get #query() {
    return { account: this.context.account, number: this.context.identity?.value ?? "" };
  }

  changed() {
    const about = JSON.stringify([this.#query, this.context.position]);
    if (this.context.account && this.context.identity && about !== this.#about) this.#learn(about);
    this.#show();
  }

  async #learn(about) {
    this.#about = about;
    const found = await ask("consent", this.#query).catch(() => null);
    if (about === this.#about) this.#found = found;
    this.#show();
  }

  async #save(event) {
    event.preventDefault();
    const note = this.root.querySelector("input").value.trim();
    try {
      await tell(this.hub, "consent", { ...this.#query, allow: this.#found.stopped, note });
      [this.#writing, this.#wrong] = [false, false];
      await this.#learn(this.#about);
    } catch {
      this.#wrong = true;
      this.#show();
    }
  }

  #write(on) {
    [this.#writing, this.#wrong] = [on, false];
    this.#show();
    this.root.querySelector(on ? "input" : "button")?.focus();
  }

  #show() {
    const found = this.#found;
    this.hidden = !found;
    if (!found) return this.root.replaceChildren();
    const held = this.root.querySelector("input")?.value ?? "";
    this.root.replaceChildren(this.#head(found), ...(found.history ?? []).slice(0, SHOWN).map((one) => this.#line(one)));
    this.root.append(this.#writing ? this.#form(held) : this.#button(found.stopped ? "allow" : "stop"));
    if (this.#wrong) this.root.append(element("p", { class: "wrong", role: "alert" }, this.#say("failed")));
  }

  #head({ stopped }) {
    const state = stopped ? "stopped" : "allowed";
    const pill = element("span", { class: `pill ${state}`, "data-testid": "sms-consent", "data-state": state }, this.#say(state));
    return element("div", { class: "row" }, element("h3", {}, this.#say("title")), pill);
  }

  #line({ at, words, by, note }) {
    const moment = new Intl.DateTimeFormat(this.language, { dateStyle: "medium", timeStyle: "short" });
    const values = { at: moment.format(new Date(at)), words, by, note };
    return element("p", { "data-testid": "sms-evidence" }, this.#say(by ? "by_agent" : "by_words", values));
  }

  #button(act) {
    const button = element("button", { type: "button", "data-testid": `sms-${act}` }, this.#say(act));
    button.addEventListener("click", () => this.#write(true));
    return button;
  }

  #form(held) {
    const input = element("input", { required: "", maxlength: "400", "data-testid": "sms-consent-note" });
    input.value = held;
    const cancel = element("button", { type: "button" }, this.#say("cancel"));
    cancel.addEventListener("click", () => this.#write(false));
    const save = element("button", { type: "submit", "data-testid": "sms-consent-save" }, this.#say("save"));
    const form = element("form", {}, element("label", {}, this.#say("note"), input), element("div", { class: "row" }, save, cancel));
    form.addEventListener("submit", (event) => this.#save(event));
    return form;
  }

  #say(key, values) {
    return say(this.language, key, values);
  }
}

customElements.define("sms-consent", SmsConsent);
