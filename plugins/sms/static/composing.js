/** Beside the composer: how many texts the draft takes, and what its last one still holds. Too long is not sent. */

import { count, worded } from "./counting.js";
import { against, figuresOf } from "./pictures.js";
import { Element, element, style } from "./element.js";
import { Fitting } from "./fitting.js";
import { ask, shared } from "./hub.js";
import { say } from "./words.js";

const PAUSE_MS = 300; // a number that is being typed changes with every key

const look = style(`
:host([hidden]) { display: none; }
:host { display: block; padding: 0 14px 4px; font-size: 12px; color: var(--text-soft); }
p { display: flex; flex-wrap: wrap; gap: 4px 12px; margin: 0; }
b { font-weight: 600; font-variant-numeric: tabular-nums; color: var(--text); }
.many b { color: var(--warn); }
.quiet { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`);

class SmsComposing extends Element {
  #rules = null;
  #stopped = false;
  #about = "";
  #problem = "";
  #fitting = new Fitting(() => this.#show());
  #line = element("p", { "data-testid": "sms-count" });
  #heard = element("span", { class: "quiet", "aria-live": "polite" });

  constructor() {
    super();
    this.root.adoptedStyleSheets = [look];
    this.root.append(this.#line, this.#heard);
  }

  changed() {
    const { account, to, position } = this.context;
    const about = `${account} ${to?.value ?? ""} ${position}`; // what they wrote since may be STOP
    if (account && about !== this.#about) this.#learn(about, account, to);
    this.#show();
  }

  async #learn(about, account, to) {
    if (!this.#about.startsWith(`${account} ${to?.value ?? ""} `)) [this.#rules, this.#stopped] = [null, false];
    this.#about = about;
    const rules = await shared("composing", { account }).catch(() => null);
    if (about !== this.#about) return;
    this.#rules = rules;
    this.#show();
    await new Promise((typed) => setTimeout(typed, PAUSE_MS));
    if (about !== this.#about) return;
    const consent = to?.value ? await ask("consent", { account, number: to.value }).catch(() => null) : null;
    if (about !== this.#about) return;
    this.#stopped = Boolean(consent?.stopped);
    this.#show();
  }

  #show() {
    const { kind, draft } = this.context;
    const writes = kind === "TEXT" && this.#rules;
    this.hidden = !writes;
    if (!writes) return this.#object("");
    const text = worded(this.#rules, draft.text);
    const files = draft.attachments ?? [];
    const found = files.length && this.#rules.pictures ? this.#pictured(text, files) : this.#counted(text);
    this.#line.dataset.parts = found.parts;
    this.#line.dataset.left = found.left;
    this.#line.className = found.parts > 1 ? "many" : "";
    this.#line.replaceChildren(...found.figures);
    this.#announce(found.words);
    const own = this.#rules.templates_only && !this.#fitting.may(this.hub, this.context.account, draft.text);
    const refused = own ? say(this.language, "own_words") : found.problem;
    const problem = this.#stopped ? say(this.language, "stopped_problem") : refused;
    return this.#object(problem || against(this.language, this.#rules.pictures, files, text));
  }

  #counted(text) {
    const found = count(this.#rules, text);
    const most = this.#rules.max_parts;
    const problem = found.parts > most ? say(this.language, "too_long", { parts: found.parts, most }) : "";
    return { ...found, figures: this.#figures(found), words: this.#parts(found.parts), problem };
  }

  /** With pictures it is one message, however long its text. */
  #pictured(text, files) {
    const { pictures } = this.#rules;
    const [words, ...figures] = figuresOf(this.language, pictures, files, text);
    const shown = [element("b", {}, words), ...figures.map((figure) => element("span", {}, figure))];
    return { parts: 1, left: pictures.most_text - [...text].length, figures: shown, words, problem: "" };
  }

  #figures({ coding, parts, left }) {
    const { signature, signature_at } = this.#rules;
    const figures = [element("b", {}, this.#parts(parts)), say(this.language, "left", { left }), say(this.language, coding)];
    const added = signature && !this.context.draft.text.includes(signature);
    if (added) figures.push(say(this.language, signature_at, { signature }));
    if (this.#rules.pictures) figures.push(say(this.language, "pictures_too"));
    if (this.#rules.templates_only) figures.push(say(this.language, "templates_only"));
    return figures.map((figure) => (typeof figure === "string" ? element("span", {}, figure) : figure));
  }

  /** Who does not see the figures hears when they begin another text. */
  #announce(words) {
    if (this.#heard.textContent !== words) this.#heard.textContent = words;
  }

  #parts(parts) {
    return say(this.language, parts === 1 ? "one_part" : "parts", { parts });
  }

  #object(problem) {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.dispatchEvent(new CustomEvent("hub-draft", { bubbles: true, composed: true, detail: { problem } }));
  }
}

customElements.define("sms-composing", SmsComposing);
