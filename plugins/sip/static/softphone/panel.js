/** The button in the bar and the card under it: how the telephone is, its devices, its calls, where calls ring. */

import { element } from "../element.js";
import { devices } from "./choices.js";
import { Rings } from "./rings.js";
import { say } from "./words.js";

const PARTS = ["microphone", "speaker", "ring"];
const HANDSET = "M22 16.92v3a2 2 0 0 1-2.18 2 19.8 19.8 0 0 1-8.63-3.07 19.5 19.5 0 0 1-6-6A19.8 19.8 0 0 1 2.12 4.18 2 2 0 0 1 4.11 2h3a2 2 0 0 1 2 1.72c.13.96.36 1.9.7 2.81a2 2 0 0 1-.45 2.11L8.09 9.91a16 16 0 0 0 6 6l1.27-1.27a2 2 0 0 1 2.11-.45c.91.34 1.85.57 2.81.7A2 2 0 0 1 22 16.92z";
const MAY_TURN_ON = ["OFF", "DENIED", "NO_MICROPHONE", "ELSEWHERE"];
const GOOD_MOS = 4;
const FAIR_MOS = 3.1;

export class Panel {
  #about;
  #said;
  #rings;
  #parts = {};
  #shown = "";

  /** `about` has choices, line, sound, ringer, hub and `act`: answer, reject, hangUp of a leg, and mute. */
  constructor(language, about) {
    this.#about = about;
    this.#said = (key, values) => say(language, key, values);
    this.#rings = new Rings(about.hub, this.#said);
    this.#parts.told = element("span", { class: "told", role: "status" });
    this.root = element("div", {}, this.#button(), this.#parts.told, this.#card());
    this.root.addEventListener("keydown", (event) => event.key === "Escape" && this.#toggle(false));
    navigator.mediaDevices?.addEventListener("devicechange", () => this.root.isConnected && this.#devices(this.#shown));
    document.addEventListener("pointerdown", (event) => this.root.isConnected && !event.composedPath().includes(this.root) && this.#toggle(false));
  }

  /** As it is now. `legs` by name: {state, caller, quality}. */
  show(line, legs, sound, muted) {
    const talk = [...legs.values()].find(({ state }) => state === "TALKING" || state === "RINGING") ?? [...legs.values()][0];
    const state = line.state === "READY" && talk ? talk.state : line.state;
    const { open, dot, state: words, about, on, off, calls } = this.#parts;
    this.root.className = state;
    this.root.dataset.state = state;
    open.setAttribute("aria-label", `${this.#said("title")}: ${this.#said(state)}`);
    open.title = this.#said(state);
    words.textContent = this.#said(state);
    this.#tell(line.state);
    about.hidden = line.state !== "OFF" && line.state !== "DENIED";
    on.hidden = !MAY_TURN_ON.includes(line.state);
    on.textContent = this.#said(line.state === "ELSEWHERE" ? "here" : "on");
    off.hidden = ["OFF", "INSECURE"].includes(line.state);
    this.#quality(dot, talk?.quality);
    this.#calls(calls, legs, muted);
    if (this.#shown !== line.state) void this.#devices(line.state);
    this.#shown = line.state;
  }

  /** Whoever cannot see the lamp hears of a line that is lost, and back. Of calls the inbox tells. */
  #tell(state) {
    const { told } = this.#parts;
    const text = this.#shown === "" || state === "CONNECTING" ? "" : `${this.#said("title")}: ${this.#said(state)}`;
    if (this.#shown !== state) told.textContent = text;
  }

  meter({ inward, outward }) {
    this.#parts.inward.value = inward;
    this.#parts.outward.value = outward;
  }

  #button() {
    const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    picture.setAttribute("viewBox", "0 0 24 24");
    picture.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", HANDSET);
    picture.append(path);
    const quality = element("span", { class: "dot", "data-testid": "softphone-dot", hidden: "", role: "img" });
    const open = element("button", { type: "button", class: "open", "aria-expanded": "false", "data-testid": "softphone" }, picture, element("span", { class: "lamp" }), quality);
    open.addEventListener("click", () => this.#toggle(this.#parts.card.hidden));
    Object.assign(this.#parts, { open, dot: quality });
    return open;
  }

  #card() {
    const said = this.#said;
    const state = element("p", { class: "soft", "data-testid": "softphone-state" });
    const about = element("p", { class: "soft" }, said("about"));
    const on = this.#press("on", "softphone-on", () => this.#turn(true), "primary");
    const off = this.#press("off", "softphone-off", () => this.#turn(false));
    const calls = element("div", { class: "calls", hidden: "", "data-testid": "softphone-calls" });
    const meters = ["inward", "outward"].map((side) => {
      const meter = element("meter", { min: "0", max: "1", value: "0" });
      this.#parts[side] = meter;
      return element("label", {}, said(side), meter);
    });
    const chosen = element("div", { class: "devices", hidden: "", "data-testid": "softphone-devices" });
    const quality = element("p", { class: "soft", hidden: "", "data-testid": "softphone-quality" });
    const card = element("section", { class: "card", "aria-label": said("title"), hidden: "", "data-testid": "softphone-card" },
      element("h2", {}, said("title")), state, about, element("div", { class: "row" }, on, off), calls, quality, ...meters, chosen, this.#rings.root);
    Object.assign(this.#parts, { state, about, on, off, calls, chosen, quality, card });
    return card;
  }

  #toggle(open) {
    if (this.#parts.card.hidden === !open) return;
    this.#parts.card.hidden = !open;
    this.#parts.open.setAttribute("aria-expanded", String(open));
    if (open) void this.#rings.load();
    else this.#parts.open.focus();
  }

  #turn(on) {
    const { choices, line, sound } = this.#about;
    choices.on = on;
    if (on) {
      void line.open();
      sound.wake();
    } else line.close();
  }

  #quality(dot, measured) {
    const { quality } = this.#parts;
    dot.hidden = quality.hidden = !measured;
    if (!measured) return;
    const grade = measured.mos >= GOOD_MOS ? "good" : measured.mos >= FAIR_MOS ? "fair" : "poor";
    const figures = { ...measured, mos: measured.mos.toFixed(1), loss: (measured.loss * 100).toFixed(1), jitter: Math.round(measured.jitter), rtt: Math.round(measured.rtt) };
    dot.className = `dot ${grade}`;
    dot.setAttribute("aria-label", `${this.#said("quality")}: ${this.#said(grade)}`);
    quality.textContent = `${this.#said("quality")}: ${this.#said(grade)} · ${this.#said("mos", figures)}`;
  }

  #calls(box, legs, muted) {
    const signs = JSON.stringify([[...legs].map(([leg, { state, caller }]) => [leg, state, caller]), muted]);
    if (box.dataset.shown === signs) return; // a button that is replaced while it is pressed does nothing
    box.dataset.shown = signs;
    box.hidden = legs.size === 0;
    box.replaceChildren(...[...legs].map(([leg, { state, caller }]) => this.#call(leg, state, caller, muted)));
  }

  #call(leg, state, caller, muted) {
    const { act } = this.#about;
    const ringing = [this.#press("answer", "softphone-answer", () => act.answer(leg), "primary"), this.#press("reject", "softphone-reject", () => act.reject(leg))];
    const talking = [this.#press(muted ? "unmute" : "mute", "softphone-mute", act.mute), this.#press("hang_up", "softphone-hang-up", () => act.hangUp(leg), "danger")];
    const who = element("span", { class: "grow" }, `${caller ?? ""} · ${this.#said(state)}`);
    return element("div", { class: "row" }, who, ...(state === "RINGING" ? ringing : talking));
  }

  async #devices(state) {
    const { chosen } = this.#parts;
    chosen.hidden = state !== "READY";
    if (chosen.hidden) return;
    const found = await devices();
    chosen.replaceChildren(...PARTS.filter((part) => found[part].length).map((part) => this.#select(part, found[part])), this.#press("try_ring", "softphone-try", () => this.#about.ringer.beep()));
  }

  #select(part, found) {
    const { choices, sound } = this.#about;
    const named = found.map(({ id, label }, place) => element("option", { value: id }, label || this.#said("nth", { number: place + 1 })));
    const select = element("select", { "data-testid": `softphone-${part}` }, element("option", { value: "" }, this.#said("system")), ...named);
    select.value = choices.device(part);
    select.addEventListener("change", () => {
      choices.choose(part, select.value);
      void sound.changed(part).catch(() => undefined);
    });
    return element("label", {}, this.#said(part), select);
  }

  #press(word, testid, pressed, look = "") {
    const made = element("button", { type: "button", class: look, "data-testid": testid }, this.#said(word));
    made.addEventListener("click", pressed);
    return made;
  }
}
