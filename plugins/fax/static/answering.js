/** Beside a ticket: answer the customer by fax. The fax is a conversation of its own, on this ticket. */

import { Element, element, style } from "./element.js";
import { look } from "./look.js";
import { say } from "./words.js";

const plain = style(`
:host([beside]) { padding: 12px 16px; border-bottom: 1px solid var(--line); }
form { display: grid; gap: 8px; margin-top: 8px; }
label { display: grid; gap: 3px; }
input, textarea { font: inherit; font-size: 13px; color: var(--text); background: var(--surface); border: 1px solid var(--line-strong); border-radius: 8px; padding: 6px 8px; }
input[type="file"] { border: 0; padding: 0; max-width: 100%; }
`);

class FaxAnswering extends Element {
  #shown = "";

  constructor() {
    super();
    this.root.adoptedStyleSheets = [look, plain];
  }

  async changed() {
    const { ticket, customer } = this.context;
    const now = `${ticket}/${customer}/${this.language}`;
    if (!this.isConnected || !this.hub || now === this.#shown) return;
    this.#shown = now;
    this.root.replaceChildren();
    this.toggleAttribute("beside", Boolean(ticket && this.context.interaction));
    if (!ticket) return;
    const said = (key, values) => say(this.language, key, values);
    const open = element("button", { type: "button", "data-testid": "fax-answer" }, said("answer"));
    open.addEventListener("click", () => this.#form(said).catch(() => this.root.append(element("p", { class: "warn", role: "alert" }, said("answer_failed")))));
    this.root.replaceChildren(open);
  }

  async #form(said) {
    const { ticket, customer } = this.context;
    const [account] = (await this.hub.get("/accounts", { channel: "fax" })).items.filter(({ enabled }) => enabled);
    const known = customer ? await this.hub.get(`/customers/${customer}`) : {};
    const numbers = (known.identities ?? known.addresses ?? []).filter(({ scheme }) => scheme === "tel").map(({ value }) => value);
    const to = element("input", { required: "", type: "tel", list: "numbers", value: numbers[0] ?? "", "data-testid": "fax-answer-to" });
    const list = element("datalist", { id: "numbers" }, ...numbers.map((value) => element("option", { value })));
    const text = element("textarea", { rows: "4", "data-testid": "fax-answer-text" });
    const files = element("input", { type: "file", multiple: "", accept: ".pdf,.png,.jpg,.jpeg,.tif,.tiff,.txt" });
    const wrong = element("p", { class: "warn", role: "alert", hidden: "" });
    const send = element("button", { type: "submit", "data-testid": "fax-answer-send" }, said("answer_send"));
    const form = element("form", {}, label(said("answer_to"), to), list, label(said("answer_text"), text), label(said("answer_files"), files), wrong, send);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      send.disabled = true;
      try {
        const attachments = await this.#uploaded([...files.files]);
        await this.hub.post("/interactions", { account: account.id, to: { scheme: "tel", value: to.value.trim() }, text: text.value, attachments, ticket });
        this.root.replaceChildren(element("p", { class: "good", role: "status", "data-testid": "fax-answered" }, said("answered")));
      } catch {
        wrong.textContent = said("answer_failed");
        wrong.hidden = false;
        send.disabled = false;
      }
    });
    this.root.replaceChildren(form);
    text.focus();
  }

  async #uploaded(files) {
    const { csrf } = await this.hub.get("/me");
    const made = [];
    for (const file of files) {
      const body = new FormData();
      body.append("file", file);
      const answer = await fetch("/api/v1/uploads", { method: "POST", credentials: "same-origin", headers: { "X-CSRF-Token": csrf }, body });
      if (!answer.ok) throw new Error(answer.statusText);
      made.push((await answer.json()).id);
    }
    return made;
  }
}

const label = (words, control) => element("label", { class: "soft" }, words, control);

customElements.define("fax-answering", FaxAnswering);
