/** A fax in the timeline: its pages, how it came, and what could be read of it. */

import { Element, element } from "./element.js";
import { look } from "./look.js";
import { print } from "./printing.js";
import { tool, Viewer } from "./viewer.js";
import { say } from "./words.js";

const path = (file) => `/api/v1/attachments/${file.id}`;

class FaxMessage extends Element {
  #shown = "";

  constructor() {
    super();
    this.root.adoptedStyleSheets = [look];
  }

  changed() {
    const { message } = this.context;
    if (!message || !this.isConnected) return;
    const shown = JSON.stringify([message.id, message.attachments.length, this.language]);
    if (this.#shown === shown) return;
    this.#shown = shown;
    this.root.replaceChildren(element("div", { class: "message", "data-testid": "fax" }, ...this.#parts(message)));
  }

  #parts(message) {
    const said = (key, values) => say(this.language, key, values);
    const { fields, text, attachments } = message;
    const parts = [...facts(fields, said)];
    const pages = leaves(attachments, fields);
    if (pages.length) parts.push(this.#viewer(pages, attachments, said));
    else if (message.direction === "INBOUND" && !attachments.length) parts.push(element("p", { class: "soft" }, said("none")));
    if (text && message.direction === "INBOUND") parts.push(read(text, said));
    else if (text) parts.push(element("pre", {}, text));
    return parts;
  }

  #viewer(pages, attachments, said) {
    const strip = attachments.find((file) => file.inline && file.media_type === "image/webp");
    const printer = tool("print", said, () => print(pages.map((page) => page.src)));
    return new Viewer(pages, strip && path(strip), said, [printer]).root;
  }
}

/** The pictures of the pages, in their order, with what is known of each. */
function leaves(attachments, fields) {
  const pictures = attachments.filter((file) => file.inline && file.media_type === "image/png");
  pictures.sort((one, other) => one.name.localeCompare(other.name));
  return pictures.map((file, at) => ({ ...fields.marks?.[at], turn: fields.rotation?.[at] ?? 0, src: path(file) }));
}

function facts(fields, said) {
  const { pages, station, sub_address, bit_rate, ecm, bad_rows, partial, marks = [] } = fields;
  const known = [
    pages && said("count", { count: pages }),
    station && said("station", { station }),
    sub_address && said("sub_address", { address: sub_address }),
    bit_rate && said("rate", { rate: bit_rate }),
    ecm && said("ecm"),
    bad_rows && said("bad_rows", { count: bad_rows }),
    ...new Set(marks.flatMap((mark) => mark.barcodes ?? []).map((text) => said("barcode", { text }))),
  ].filter(Boolean);
  const lines = known.length ? [element("p", { class: "soft", "data-testid": "fax-facts" }, known.join(" · "))] : [];
  if (partial) lines.unshift(element("p", { class: "warn", "data-testid": "fax-partial" }, said("partial")));
  return lines;
}

function read(text, said) {
  const pages = text.replaceAll("\f", "\n\n").trim();
  return element("details", { "data-testid": "fax-text" }, element("summary", {}, said("read")), element("pre", { tabindex: "0" }, pages));
}

customElements.define("fax-message", FaxMessage);
