/** Under a fax we send: page by page while it goes, then how it went. */

import { Element, element } from "./element.js";
import { ask } from "./hub.js";
import { look } from "./look.js";
import { knows, say } from "./words.js";

const UNDER_WAY = ["DIALING", "TRAINING", "SENDING"];
const PATIENCE_MS = 20_000; // a signal may be dropped; the report is the truth

class FaxProgress extends Element {
  #report = null;
  #live = null;
  #asked = "";
  #forget = () => {};
  #timer;

  constructor() {
    super();
    this.root.adoptedStyleSheets = [look];
  }

  connectedCallback() {
    this.#forget = this.hub?.onSignal?.((signal) => this.#heard(signal)) ?? (() => {});
    super.connectedCallback();
  }

  disconnectedCallback() {
    this.#forget();
    clearTimeout(this.#timer);
  }

  changed() {
    const { message } = this.context;
    this.hidden = !message || message.direction === "INBOUND";
    if (this.hidden || !this.isConnected) return;
    const asked = `${message.id} ${message.delivery?.state}`;
    if (asked !== this.#asked) this.#look(asked);
    this.#show();
  }

  #heard({ kind, interaction, data }) {
    const { message } = this.context;
    if (kind !== "fax" || interaction !== this.context.interaction || data.message !== message?.id) return;
    if (!UNDER_WAY.includes(data.phase)) return void this.#look(this.#asked); // it is over, or waits to be tried again
    this.#live = data;
    this.#show();
  }

  async #look(asked) {
    this.#asked = asked;
    clearTimeout(this.#timer);
    const report = await ask(`messages/${this.context.message.id}`).catch(() => null);
    if (asked !== this.#asked) return;
    [this.#report, this.#live] = [report, null];
    if (this.isConnected && UNDER_WAY.concat("QUEUED").includes(report?.state)) this.#timer = setTimeout(() => this.#look(asked), PATIENCE_MS);
    this.#show();
  }

  #show() {
    const report = this.#report;
    this.hidden = !report?.state;
    if (this.hidden) return; // nothing was dialled yet: it may still be taken back
    const said = (key, values) => say(this.language, key, values);
    const live = this.#live && UNDER_WAY.includes(this.#live.phase) ? this.#live : null;
    const state = live?.phase ?? report.state;
    const facts = { done: live?.page ? live.page - 1 : (report.page ?? 0), of: live?.of ?? report.of };
    facts.page = Math.min(facts.done + 1, facts.of);
    const words = element("span", { role: "status", class: state === "DELIVERED" ? "good" : ["FAILED", "BLOCKED"].includes(state) ? "bad" : "", "data-testid": "fax-state", "data-state": state }, knows(state) ? said(state, { ...facts, count: facts.of }) : state);
    const line = element("p", { class: "row soft" }, words, ...(UNDER_WAY.includes(state) && facts.of ? [bar(facts, words.textContent)] : []), ...more(report, state, said, this));
    this.root.replaceChildren(line);
  }
}

function bar({ done, of }, label) {
  return element("progress", { max: String(of), value: String(done), "aria-label": label });
}

function more(report, state, said, { context, language }) {
  const said_more = [];
  const why = report.text ?? "";
  if (why && state !== "DELIVERED") said_more.push(element("span", { "data-testid": "fax-why" }, why));
  if (report.attempts?.length > 1) said_more.push(element("span", {}, said("attempts", { count: report.attempts.length })));
  if (report.next_at) said_more.push(element("span", { "data-testid": "fax-next" }, said("again", { at: new Date(report.next_at).toLocaleTimeString(language) })));
  if (report.attempts?.length) said_more.push(element("a", { href: `/p/fax/messages/${context.message.id}/report`, target: "_blank", rel: "noopener" }, said("report")));
  return said_more;
}

customElements.define("fax-progress", FaxProgress);
