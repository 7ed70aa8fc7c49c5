/** Beside a conversation or a customer: whether texts may go to their numbers, and by what evidence. Agents note what they
 * were told, on whatever channel. */

import { Element, element, style } from "./element.js";
import { ask, tell } from "./hub.js";
import { evidence, say } from "./words.js";

const SHOWN = 3;
const MOST_NUMBERS = 4;
const look = style(`
:host { display: block; margin-top: 16px; color: var(--text); font: inherit; }
:host([beside]) { margin: 0; padding: 12px 16px; border-bottom: 1px solid var(--line); }
:host([hidden]) { display: none; }
h3 { margin: 0; font-size: 13px; font-weight: 600; }
section { margin-top: 8px; }
.row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.number { flex: 1; font-size: 13px; font-variant-numeric: tabular-nums; }
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
  #account = null;
  #known = [];
  #writing = "";
  #wrong = false;

  constructor() {
    super();
    this.root.adoptedStyleSheets = [look];
  }

  changed() {
    const { account, customer, identity, position, interaction } = this.context;
    this.toggleAttribute("beside", Boolean(interaction));
    const about = JSON.stringify([account, customer, identity?.value, position]);
    if (this.hub && about !== this.#about) this.#learn(about);
    this.#show();
  }

  async #learn(about) {
    this.#about = about;
    const known = await this.#ask().catch(() => []);
    if (about !== this.#about) return;
    this.#known = known;
    this.#show();
  }

  /** What was said holds for every account of the site; the one is named by which it is noted. */
  async #ask() {
    const { items } = await this.hub.get("/accounts", { limit: 200 });
    const accounts = items.filter(({ channel, enabled }) => channel === "sms" && enabled);
    this.#account = (accounts.find(({ id }) => id === this.context.account) ?? accounts[0])?.id ?? null;
    if (!this.#account) return [];
    const numbers = (await this.#numbers()).slice(0, MOST_NUMBERS);
    return Promise.all(numbers.map(async (number) => ({ number, ...(await this.#said(number)) })));
  }

  #said(number) {
    return ask("consent", { account: this.#account, number });
  }

  async #numbers() {
    const { customer, identity } = this.context;
    const found = customer ? await this.hub.get(`/customers/${customer}`).catch(() => null) : null;
    const all = [identity, ...(found?.identities ?? [])].filter((one) => one?.scheme === "tel");
    return [...new Set(all.map(({ value }) => value))];
  }

  async #save(event, { number, stopped }) {
    event.preventDefault();
    const note = this.root.querySelector("input").value.trim();
    try {
      await tell(this.hub, "consent", { account: this.#account, number, allow: stopped, note });
      [this.#writing, this.#wrong] = ["", false];
      await this.#learn(this.#about);
    } catch {
      this.#wrong = true;
      this.#show();
    }
  }

  #write(number) {
    [this.#writing, this.#wrong] = [number, false];
    this.#show();
    this.root.querySelector(number ? "input" : "button")?.focus();
  }

  // --- what is seen -------------------------------------------------------------------------------------------------

  #show() {
    this.hidden = !this.#known.length;
    const held = this.root.querySelector("input");
    const [words, focused] = [held?.value ?? "", held && held === this.root.activeElement];
    this.root.replaceChildren(element("h3", {}, this.#say("title")), ...this.#known.map((one) => this.#number(one)));
    const input = this.root.querySelector("input");
    if (input) input.value = words;
    if (focused) input?.focus();
  }

  #number(one) {
    const state = one.stopped ? "stopped" : "allowed";
    const marks = { class: `pill ${state}`, "data-testid": "sms-consent", "data-state": state };
    const pill = element("span", marks, this.#say(state));
    const head = element("div", { class: "row" }, element("span", { class: "number" }, one.number), pill);
    const evidence = one.history.slice(0, SHOWN).map((each) => this.#evidence(each));
    const act = this.#writing === one.number ? this.#form(one) : this.#button(one);
    return element("section", {}, head, ...evidence, act);
  }

  #evidence({ at, source, words, by, note }) {
    const moment = new Intl.DateTimeFormat(this.language, { dateStyle: "medium", timeStyle: "short" });
    const values = { at: moment.format(new Date(at)), words, by, note };
    return element("p", { "data-testid": "sms-evidence" }, evidence(this.language, source, values));
  }

  #button({ number, stopped }) {
    const act = stopped ? "allow" : "stop";
    const button = element("button", { type: "button", "data-testid": `sms-${act}` }, this.#say(act));
    button.addEventListener("click", () => this.#write(number));
    return button;
  }

  #form(one) {
    const input = element("input", { required: "", maxlength: "400", "data-testid": "sms-consent-note" });
    const cancel = element("button", { type: "button" }, this.#say("cancel"));
    cancel.addEventListener("click", () => this.#write(""));
    const save = element("button", { type: "submit", "data-testid": "sms-consent-save" }, this.#say("save"));
    const form = element("form", {}, element("label", {}, this.#say("note"), input));
    form.append(element("div", { class: "row" }, save, cancel));
    if (this.#wrong) form.append(element("p", { class: "wrong", role: "alert" }, this.#say("failed")));
    form.addEventListener("submit", (event) => this.#save(event, one));
    return form;
  }

  #say(key, values) {
    return say(this.language, key, values);
  }
}

customElements.define("sms-consent", SmsConsent);
