/** The telephone in the browser: an element in the inbox's bar. What it hears of its calls it says upwards as
 * `hub-device` events, and does what it is told by its methods; the inbox knows no more of it. */

import { Line } from "./softphone/line.js";
import { look } from "./softphone/look.js";
import { Panel } from "./softphone/panel.js";
import { quality } from "./softphone/quality.js";
import { Ringer } from "./softphone/ringer.js";
import { Sound } from "./softphone/sound.js";
import { Choices } from "./softphone/choices.js";

const METERS_MS = 150;
const QUALITY_MS = 5000;

class SipSoftphone extends HTMLElement {
  #shadow = this.attachShadow({ mode: "open" });
  #language = "en";
  #choices = new Choices();
  #sound = new Sound(this.#choices);
  #ringer = new Ringer(this.#choices);
  #line = new Line(this.#sound, (event) => this.#changed(event));
  #panel;
  #legs = new Map();
  #muted = false;
  #timers = [];

  constructor() {
    super();
    this.#shadow.adoptedStyleSheets = [look];
  }

  set language(language) {
    const before = this.#language;
    this.#language = language;
    if (before !== language && this.isConnected) this.#build();
  }

  get language() {
    return this.#language;
  }

  connectedCallback() {
    this.#build();
    this.#timers = [setInterval(() => this.#meter(), METERS_MS), setInterval(() => this.#measure(), QUALITY_MS)];
    if (this.#choices.on) this.#line.open();
    else this.#line.look();
  }

  disconnectedCallback() {
    this.#timers.forEach(clearInterval);
    this.#ringer.stop();
    this.#line.close();
  }

  // --- what the inbox may ask ---------------------------------------------------------------------------------------

  answer(leg) {
    this.#sound.wake();
    this.#line.send({ do: "answer", leg });
  }

  reject(leg) {
    this.#line.send({ do: "reject", leg });
  }

  hangUp(leg) {
    this.#line.send({ do: "hang_up", leg });
  }

  hold(leg, on) {
    this.#line.send({ do: "hold", leg, on });
  }

  keys(leg, keys) {
    this.#line.send({ do: "keys", leg, keys });
  }

  mute(on) {
    this.#muted = on;
    this.#sound.mute(on);
    this.#meter();
  }

  // --- what the line says -------------------------------------------------------------------------------------------

  #changed(event) {
    if (event.anew) for (const leg of [...this.#legs.keys()]) this.#heard({ leg, state: "ENDED" });
    if (event.leg) this.#heard(event);
    this.#panel.show(this.#line, this.#legs, this.#sound, this.#muted);
  }

  #heard({ leg, state, quality: measured, ...more }) {
    if (measured) {
      const known = this.#legs.get(leg);
      if (known) known.quality = measured;
      return;
    }
    const known = { ...this.#legs.get(leg), ...more, state };
    this.#legs.set(leg, known);
    if (state === "ENDED") this.#legs.delete(leg);
    if (this.#legs.size === 0) this.mute(false);
    this.#say(leg, state);
    if (state === "RINGING" && known.auto) this.#ringer.beep(); // the hub answers it: the agent is told by ear
    this.#ring();
  }

  /** Loud while nobody talks here, a short tone beside a talk. */
  #ring() {
    const states = [...this.#legs.values()].filter((leg) => !leg.auto).map((leg) => leg.state);
    if (!states.includes("RINGING")) this.#ringer.stop();
    else if (states.includes("TALKING")) this.#ringer.beep();
    else this.#ringer.start();
  }

  #say(leg, state) {
    const { inward, outward } = state === "TALKING" ? this.#sound.levels() : { inward: 0, outward: 0 };
    const detail = { leg, state, level_in: inward, level_out: outward, muted: this.#muted };
    this.dispatchEvent(new CustomEvent("hub-device", { bubbles: true, composed: true, detail }));
  }

  #meter() {
    for (const [leg, { state }] of this.#legs) if (state === "TALKING") this.#say(leg, state);
    this.#panel.meter(this.#sound.levels());
  }

  async #measure() {
    const talks = [...this.#legs].find(([, { state }]) => state === "TALKING");
    const found = talks && (await quality(this.#sound.connection));
    if (found) this.#line.send({ do: "quality", leg: talks[0], ...found });
  }

  #build() {
    this.#panel = new Panel(this.#language, {
      choices: this.#choices,
      line: this.#line,
      sound: this.#sound,
      ringer: this.#ringer,
      act: { answer: (leg) => this.answer(leg), reject: (leg) => this.reject(leg), mute: () => this.mute(!this.#muted), hangUp: (leg) => this.hangUp(leg) },
      hub: this.hub,
    });
    this.#shadow.replaceChildren(this.#panel.root);
    this.#panel.show(this.#line, this.#legs, this.#sound, this.#muted);
  }
}

customElements.define("sip-softphone", SipSoftphone);
