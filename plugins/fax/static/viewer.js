/** Pages to look at: small ones to choose from, and the chosen one to turn, enlarge and invert, by mouse and by keys. */

import { element } from "./element.js";
import { icon } from "./icons.js";

const SMALL = 96; // dots of a thumbnail, across, in the strip the hub made
const SHOWN = 60; // and on the screen
const SIZES = [1, 1.5, 2, 3, 4];
const KEYS = { ArrowLeft: -1, PageUp: -1, ArrowRight: 1, PageDown: 1 };

/** A button with a picture on it. */
export function tool(key, said, act) {
  const button = element("button", { type: "button", class: "tool", "aria-label": said(key), title: said(key), "data-testid": `fax-${key}` }, icon(key));
  button.addEventListener("click", act);
  return button;
}

export class Viewer {
  #pages;
  #said;
  #parts = {};
  #at = 0;
  #size = 0;
  #inverted = false;
  #unfolded = false;

  /** `pages`: [{src, mark, bad_rows, turn, small}]; `strip`: the picture in which page `small` has its thumbnail. `tools`: more buttons. */
  constructor(pages, strip, said, tools = []) {
    this.#pages = pages.map((page) => ({ turn: 0, ...page }));
    this.#said = said;
    this.#at = Math.max(0, pages.findIndex((page) => !page.mark));
    const small = element("ol", { class: "strip", "data-testid": "fax-strip" }, ...pages.map((page, at) => this.#small(page, at, strip)));
    this.root = element("div", { class: "viewer", role: "group", "aria-label": said("pages"), "data-testid": "fax-viewer" }, small, this.#folded(), this.#bar(tools), this.#stage());
    this.#parts.small = small;
    this.root.addEventListener("keydown", (event) => this.#key(event));
    new ResizeObserver(() => this.#fit()).observe(this.#parts.stage);
    this.#show();
  }

  #small(page, at, strip) {
    const { mark } = page;
    const label = [this.#said("page", { n: at + 1 }), mark && this.#said(mark)].filter(Boolean).join(", ");
    const number = element("span", { class: "number", "aria-hidden": "true" }, String(at + 1));
    const button = element("button", { type: "button", "aria-label": label, title: label, "data-testid": `fax-page-${at + 1}`, "data-mark": mark ? this.#said(mark) : "" }, number);
    const scale = SHOWN / SMALL;
    button.style.backgroundImage = `url("${strip ?? page.src}")`;
    button.style.backgroundPosition = strip ? `${-at * SHOWN}px 0` : "0 0";
    button.style.backgroundSize = strip ? `${this.#pages.length * SMALL * scale}px auto` : "100% auto";
    button.addEventListener("click", () => this.#turnTo(at));
    return element("li", {}, button);
  }

  #folded() {
    const count = this.#pages.filter((page) => page.mark).length;
    const button = element("button", { type: "button", "aria-expanded": "false", "data-testid": "fax-folded" }, this.#said("hidden", { count }));
    const nothing = count === 0 || count === this.#pages.length;
    this.#unfolded = nothing;
    button.addEventListener("click", () => {
      this.#unfolded = !this.#unfolded;
      this.#show();
    });
    this.#parts.folded = button;
    return element("div", nothing ? { hidden: "" } : {}, button);
  }

  #bar(tools) {
    const back = this.#tool("previous", () => this.#step(-1));
    const on = this.#tool("next", () => this.#step(1));
    const place = element("span", { class: "soft", "aria-live": "polite", "data-testid": "fax-place" });
    const invert = this.#tool("invert", () => this.#invert());
    const turns = [this.#tool("left", () => this.#turn(-90)), this.#tool("right", () => this.#turn(90))];
    const sizes = [this.#tool("smaller", () => this.#resize(-1)), this.#tool("larger", () => this.#resize(1)), this.#tool("fit", () => this.#resize(0))];
    Object.assign(this.#parts, { back, on, place, invert });
    return element("div", { class: "row", role: "toolbar", "aria-label": this.#said("pages") }, back, place, on, element("span", { class: "grow" }), ...turns, ...sizes, invert, ...tools);
  }

  #tool(key, act) {
    return tool(key, this.#said, act);
  }

  #stage() {
    const picture = element("img", { alt: "", "data-testid": "fax-picture" });
    picture.addEventListener("load", () => this.#fit());
    const leaf = element("div", { class: "leaf" }, picture);
    const stage = element("div", { class: "stage", tabindex: "0", role: "region", "aria-label": this.#said("keys"), "data-testid": "fax-stage" }, leaf);
    Object.assign(this.#parts, { picture, leaf, stage });
    return stage;
  }

  /** The inbox has keys of its own: those that are used here end here. */
  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { key } = event;
    const acts = { Home: () => this.#turnTo(this.#open()[0]), End: () => this.#turnTo(this.#open().at(-1)), r: () => this.#turn(90), R: () => this.#turn(-90), "+": () => this.#resize(1), "=": () => this.#resize(1), "-": () => this.#resize(-1), 0: () => this.#resize(0), i: () => this.#invert() };
    const act = key in KEYS ? () => this.#step(KEYS[key]) : acts[key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** The pages that are not folded away. */
  #open() {
    return this.#pages.flatMap((page, at) => (this.#unfolded || !page.mark || at === this.#at ? [at] : []));
  }

  #step(by) {
    const open = this.#open();
    this.#turnTo(open[Math.min(Math.max(open.indexOf(this.#at) + by, 0), open.length - 1)]);
  }

  #turnTo(at) {
    this.#at = at;
    this.#show();
    this.#parts.stage.scrollTo(0, 0);
  }

  #turn(by) {
    const page = this.#pages[this.#at];
    page.turn = (page.turn + by + 360) % 360;
    this.#fit();
  }

  #resize(by) {
    this.#size = by === 0 ? 0 : Math.min(Math.max(this.#size + by, 0), SIZES.length - 1);
    this.#fit();
  }

  #invert() {
    this.#inverted = !this.#inverted;
    this.#show();
  }

  #show() {
    const { small, folded, back, on, place, invert, picture, leaf } = this.#parts;
    const [page, open, count] = [this.#pages[this.#at], this.#open(), this.#pages.length];
    [...small.children].forEach((item, at) => {
      item.hidden = !open.includes(at);
      item.firstChild.setAttribute("aria-current", String(at === this.#at));
    });
    folded.setAttribute("aria-expanded", String(this.#unfolded));
    invert.setAttribute("aria-pressed", String(this.#inverted));
    leaf.classList.toggle("inverted", this.#inverted);
    back.disabled = this.#at === open[0];
    on.disabled = this.#at === open.at(-1);
    const damaged = page.bad_rows ? this.#said("bad_rows", { count: page.bad_rows }) : "";
    place.textContent = [this.#said("of", { n: this.#at + 1, count }), page.mark && this.#said(page.mark), damaged].filter(Boolean).join(" · ");
    if (picture.getAttribute("src") !== page.src) picture.src = page.src;
    picture.alt = this.#said("page", { n: this.#at + 1 });
    this.#fit();
  }

  /** As wide as there is room for, times what one wished. */
  #fit() {
    const { picture, leaf, stage } = this.#parts;
    const [wide, high] = [picture.naturalWidth, picture.naturalHeight];
    const { turn } = this.#pages[this.#at];
    const across = turn % 180 ? high : wide;
    if (!across || !stage.clientWidth) return;
    const scale = (stage.clientWidth / across) * SIZES[this.#size];
    stage.dataset.turn = turn;
    stage.dataset.size = SIZES[this.#size];
    leaf.style.width = `${across * scale}px`;
    leaf.style.height = `${(turn % 180 ? wide : high) * scale}px`;
    picture.style.width = `${wide * scale}px`;
    picture.style.transform = `translate(-50%, -50%) rotate(${turn}deg)`;
  }
}
