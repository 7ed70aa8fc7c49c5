/** Faxes that are coming in now: who sends, to which number, which page, how fast, since when. */

import { Element, element, style } from "./element.js";
import { follow } from "./hub.js";
import { look } from "./look.js";
import { say } from "./arriving_words.js";

const EVERY_SECOND = 1000;
const plain = style(`
h2 { font-size: 16px; margin: 0 0 8px; }
table { width: 100%; border-collapse: collapse; font-size: 13px; }
th { padding: 6px 10px 6px 0; text-align: start; font-weight: 500; font-size: 12px; color: var(--text-soft); border-bottom: 1px solid var(--line); }
td { padding: 8px 10px 8px 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
`);
const COLUMNS = ["from", "to", "state", "rate", "since"];

class FaxArriving extends Element {
  #items = null;
  #lost = false;
  #end = () => {};
  #clock;

  constructor() {
    super();
    this.root.adoptedStyleSheets = [look, plain];
  }

  connectedCallback() {
    this.#end = follow("arriving", ({ items }) => this.#told(items), () => this.#told(this.#items, true));
    this.#clock = setInterval(() => this.#items?.length && this.#show(), EVERY_SECOND);
    super.connectedCallback();
  }

  disconnectedCallback() {
    this.#end();
    clearInterval(this.#clock);
  }

  changed() {
    if (this.isConnected) this.#show();
  }

  #told(items, lost = false) {
    [this.#items, this.#lost] = [items, lost];
    this.#show();
  }

  #show() {
    const said = (key, values) => say(this.language, key, values);
    const count = this.#items?.length ?? 0;
    const heading = element("h2", { id: "arriving" }, said("title"));
    this.root.replaceChildren(heading, this.#line(count, said), ...(count ? [this.#table(said)] : []));
  }

  /** Told to who listens instead of looking; the seconds are not. */
  #line(count, said) {
    const words = this.#lost ? said("lost") : this.#items ? said(count ? "count" : "none", { count }) : said("looking");
    return element("p", { class: this.#lost ? "warn" : "soft", role: "status", "data-testid": "fax-arriving-count", "data-count": String(count) }, words);
  }

  #table(said) {
    const head = element("tr", {}, ...COLUMNS.map((name) => element("th", { scope: "col" }, said(name))));
    const rows = this.#items.map((item) => this.#row(item, said));
    return element("table", { "aria-labelledby": "arriving" }, element("thead", {}, head), element("tbody", {}, ...rows));
  }

  #row({ name, caller, station, to, phase, page, bit_rate, since }, said) {
    const from = [caller || said("withheld"), station.trim() !== caller && station.trim()].filter(Boolean).join(" · ");
    const state = said(known(phase), { page, count: page });
    const rate = bit_rate ? said("bits", { rate: bit_rate }) : "";
    const cells = [from, to, state].map((text) => element("td", {}, text));
    cells.push(...[rate, elapsed(since)].map((text) => element("td", { class: "number" }, text)));
    return element("tr", { "data-testid": "fax-arriving", "data-name": name, "data-page": String(page), "data-phase": phase }, ...cells);
  }
}

const known = (phase) => (["PAGE", "AFTER_PAGE", "READING"].includes(phase) ? phase : "AGREEING");

/** "1:05" */
function elapsed(since) {
  const seconds = Math.max(0, Math.floor((Date.now() - new Date(since)) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

customElements.define("fax-arriving", FaxArriving);
