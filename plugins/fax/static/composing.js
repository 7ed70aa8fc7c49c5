/** Beside the composer: how fine, with which cover sheet, and what the pages will look like. */

import { Element, element } from "./element.js";
import { fileOf, tell } from "./hub.js";
import { look } from "./look.js";
import { tool, Viewer } from "./viewer.js";
import { say } from "./words.js";

const QUALITIES = [["", "usual"], ["STANDARD", "STANDARD"], ["FINE", "FINE"], ["SUPERFINE", "SUPERFINE"]];
const COVERS = [["", "cover_auto"], ["STANDARD", "cover_yes"], ["NONE", "cover_no"]];

class FaxComposing extends Element {
  #shown = "";
  #parts = {};
  #drawing = null;

  constructor() {
    super();
    this.root.adoptedStyleSheets = [look];
  }

  changed() {
    const { kind, draft } = this.context;
    this.hidden = !draft || kind === "NOTE";
    if (this.hidden) return;
    if (this.#shown !== this.language) this.#build();
    const { quality, cover, behind, open } = this.#parts;
    quality.value = draft.fields.quality ?? "";
    cover.value = draft.fields.cover ?? "";
    if (behind.value !== (draft.fields.sub_address ?? "")) behind.value = draft.fields.sub_address ?? "";
    open.disabled = !draft.text.trim() && !draft.attachments.length;
    if (open.disabled) this.#close();
  }

  #build() {
    this.#shown = this.language;
    const said = (key, values) => say(this.language, key, values);
    const quality = this.#choice("quality", QUALITIES, said);
    const cover = this.#choice("cover", COVERS, said);
    const behind = this.#behind();
    const open = element("button", { type: "button", "aria-expanded": "false", "data-testid": "fax-preview" }, said("preview"));
    open.addEventListener("click", () => this.#preview(said));
    const place = element("div", { class: "small", style: "padding: 8px 0" });
    Object.assign(this.#parts, { quality, cover, behind, open, place });
    const row = element("div", { class: "row" }, label(said("quality"), quality), label(said("cover"), cover), label(said("behind"), behind), open);
    this.root.replaceChildren(element("div", { style: "padding: 4px 14px" }, row, place));
  }

  #choice(field, values, said) {
    const select = element("select", { "data-testid": `fax-choose-${field}` }, ...values.map(([value, word]) => element("option", { value }, said(word))));
    select.addEventListener("change", () => this.#goes({ [field]: select.value }));
    return select;
  }

  /** Who is meant at the far side, where one number is many people's. */
  #behind() {
    const input = element("input", { inputmode: "tel", maxlength: "20", size: "6", pattern: "[0-9*#+ ]*", "data-testid": "fax-sub-address" });
    input.addEventListener("input", () => {
      const meant = input.value.replace(/[^0-9*#+]/g, "");
      if (input.value !== meant) input.value = meant;
      this.#goes({ sub_address: meant });
    });
    return input;
  }

  #goes(fields) {
    this.dispatchEvent(new CustomEvent("hub-draft", { bubbles: true, composed: true, detail: { fields } }));
  }

  /** What the pages were drawn from may have changed since: asked anew each time. */
  async #preview(said) {
    const { place, open } = this.#parts;
    this.#drawing?.abort();
    const drawing = (this.#drawing = new AbortController());
    open.setAttribute("aria-expanded", "true");
    place.replaceChildren(element("p", { class: "soft", role: "status" }, said("drawing")));
    try {
      const { pages } = await tell(this.hub, "preview", await this.#asked(), drawing.signal);
      if (!drawing.signal.aborted) place.replaceChildren(this.#viewer(pages, said));
    } catch (error) {
      if (drawing.signal.aborted) return;
      const words = error.status === 422 ? error.message : said("failed");
      place.replaceChildren(element("p", { class: "warn", role: "alert", "data-testid": "fax-refused" }, words));
    }
  }

  #close() {
    const { place, open } = this.#parts;
    this.#drawing?.abort();
    place.replaceChildren();
    open.setAttribute("aria-expanded", "false");
  }

  async #asked() {
    const { account, to, draft } = this.context;
    const files = await Promise.all(draft.attachments.map(async ({ id, name, media_type }) => ({ name, media_type, content: await fileOf(id) })));
    const { quality = "", cover = "", subject = "" } = draft.fields;
    return { account, to: to?.value ?? "", text: draft.text, subject, quality, cover, files };
  }

  #viewer(pages, said) {
    const close = tool("close", said, () => {
      this.#close();
      this.#parts.open.focus();
    });
    return new Viewer(pages.map((page) => ({ src: `data:image/png;base64,${page}` })), null, said, [close]).root;
  }
}

const label = (words, control) => element("label", { class: "soft row" }, words, control);

customElements.define("fax-composing", FaxComposing);
