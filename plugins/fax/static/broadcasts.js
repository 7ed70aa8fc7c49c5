/** Broadcasts in the administration: a new one, how each goes, each number's result; pause, go on, cancel, again. */

import { confirmed, dialogLook } from "./confirming.js";
import { Element, element, style } from "./element.js";
import { ask, tell } from "./hub.js";
import { look } from "./look.js";
import { told } from "./broadcast_words.js";

const LOOK_EVERY = 3000; // milliseconds, while one runs and somebody looks
const plain = style(`
:host { margin-top: 24px; }
h2 { font-size: 16px; margin: 0; }
form { display: grid; gap: 8px; max-width: 560px; margin: 12px 0 20px; }
label { display: grid; gap: 3px; }
input, select, textarea { font: inherit; font-size: 13px; color: var(--text); background: var(--surface); border: 1px solid var(--line-strong); border-radius: 8px; padding: 6px 10px; }
input[type="file"] { border: 0; padding: 0; }
article { display: grid; gap: 6px; padding: 12px 0; border-top: 1px solid var(--line); }
`);
const OVER = ["DELIVERED", "FAILED", "BLOCKED", "UNKNOWN", "CANCELLED"];

class FaxBroadcasts extends Element {
  #timer = 0;
  #open = new Set();
  #list = element("div", { "data-testid": "fax-broadcasts" });
  #built = "";

  constructor() {
    super();
    this.root.adoptedStyleSheets = [look, dialogLook, plain];
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
  }

  async changed() {
    if (!this.isConnected) return;
    const said = told(this.language);
    try {
      const { items, accounts } = await ask("broadcasts");
      if (!accounts.length) return this.root.replaceChildren();
      if (this.#built !== this.language) this.#build(accounts, said);
      this.#list.replaceChildren(...(await Promise.all(items.map((each) => this.#shown(each, said)))));
      clearTimeout(this.#timer);
      if (items.some(goesOn)) this.#timer = setTimeout(() => this.changed(), LOOK_EVERY);
    } catch (error) {
      if (error.status !== 403) this.root.replaceChildren(element("p", { class: "warn", role: "alert" }, said("failed")));
    }
  }

  #build(accounts, said) {
    this.#built = this.language;
    this.root.replaceChildren(element("h2", {}, said("title")), element("p", { class: "soft" }, said("about")), this.#form(accounts, said), this.#list);
  }

  // --- a new one ------------------------------------------------------------------------------------------------

  #form(accounts, said) {
    const account = element("select", {}, ...accounts.map(({ id, name, number }) => element("option", { value: id }, `${name} · ${number}`)));
    const title = element("input", { required: "", maxlength: "200", "data-testid": "broadcast-title" });
    const numbers = element("textarea", { rows: "5", required: "", placeholder: said("numbers_hint"), "data-testid": "broadcast-numbers" });
    const text = element("textarea", { rows: "2", "data-testid": "broadcast-text" });
    const file = element("input", { type: "file", multiple: "", accept: ".pdf,.png,.jpg,.jpeg,.tif,.tiff,.txt" });
    const wrong = element("p", { class: "warn", role: "alert", hidden: "", "data-testid": "broadcast-wrong" });
    const send = element("button", { type: "submit", "data-testid": "broadcast-send" }, said("send"));
    const form = element("form", {});
    form.append(label(said("from"), account), label(said("name"), title), label(said("numbers"), numbers), label(said("text"), text), label(said("files"), file), wrong, element("div", {}, send));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      wrong.hidden = true;
      try {
        const files = await Promise.all([...file.files].map(packed));
        await this.#create({ account: Number(account.value), title: title.value, numbers: numbers.value, text: text.value, files });
        form.reset();
        await this.changed();
      } catch (error) {
        wrong.textContent = refusal(error.refused, said);
        wrong.hidden = false;
      }
    });
    return form;
  }

  async #create(body) {
    const { csrf } = await this.hub.get("/me");
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
    const answer = await fetch("/p/fax/broadcasts", { method: "POST", credentials: "same-origin", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw Object.assign(new Error(answer.statusText), { refused: (await answer.json().catch(() => ({}))).error });
  }

  // --- those there are --------------------------------------------------------------------------------------------

  async #shown(broadcast, said) {
    const { id, title, account, state, counts } = broadcast;
    const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
    const over = OVER.reduce((sum, each) => sum + (counts[each] ?? 0), 0);
    const facts = Object.entries(counts).map(([each, count]) => `${said(each)}: ${count}`);
    const row = element("div", { class: "row" }, element("strong", {}, title), element("span", { class: "soft grow" }, `${account} · ${said(`is_${state}`)}`), ...this.#keys(broadcast, said));
    const details = element("details", {}, element("summary", {}, `${said("of", { over, all })} · ${facts.join(" · ")}`));
    details.open = this.#open.has(id);
    details.addEventListener("toggle", () => this.#toggled(details, id, said));
    if (details.open) details.append(await this.#results(id, said));
    const bar = element("progress", { max: all, value: over, "aria-label": title });
    return element("article", { "data-testid": "fax-broadcast", "data-state": state }, row, bar, details);
  }

  #keys(broadcast, said) {
    const { id, state, counts } = broadcast;
    const bad = ["FAILED", "BLOCKED", "UNKNOWN"].some((each) => counts[each]);
    const keys = { RUNNING: ["pause", "cancel"], PAUSED: ["resume", "cancel"] }[state] ?? (bad && state === "DONE" ? ["again"] : []);
    return keys.map((to) => {
      const key = element("button", { type: "button", "data-testid": `broadcast-${to}` }, said(to));
      key.addEventListener("click", async () => {
        if (to === "cancel" && !(await this.#isToEnd(broadcast, said))) return;
        await tell(this.hub, `broadcasts/${id}`, { to }).catch(() => null);
        await this.changed();
      });
      return key;
    });
  }

  /** What was cancelled cannot go on. */
  #isToEnd({ title, counts }, said) {
    const count = counts.WAITING ?? 0;
    return confirmed(this.root, { title: said("sure", { title }), about: said("sure_about", { count }), yes: said("end"), no: said("keep") });
  }

  async #toggled(details, id, said) {
    this.#open[details.open ? "add" : "delete"](id);
    if (details.open && !details.querySelector("ul")) details.append(await this.#results(id, said));
  }

  async #results(id, said) {
    const { items } = await ask(`broadcasts/${id}`);
    const lines = items.map(({ number, name, state, text, code }) => element("li", { "data-state": state }, [number, name, said(state), state === "DELIVERED" ? "" : text || code].filter(Boolean).join(" · ")));
    return element("ul", { class: "soft" }, ...lines);
  }
}

/** Also of one that was cancelled, what is under way still goes. */
const goesOn = ({ state, counts }) => state === "RUNNING" || state === "PAUSED" || counts.GIVEN > 0 || counts.STARTING > 0;

const label = (words, control) => element("label", { class: "soft" }, words, control);

async function packed(file) {
  const reader = new FileReader();
  const read = new Promise((resolve, reject) => Object.assign(reader, { onload: resolve, onerror: reject }));
  reader.readAsDataURL(file);
  await read;
  return { name: file.name, type: file.type || "text/plain", data: reader.result.slice(reader.result.indexOf(",") + 1) };
}

const refusal = (refused, said) => refused?.message ?? said("wrong");

customElements.define("fax-broadcasts", FaxBroadcasts);
