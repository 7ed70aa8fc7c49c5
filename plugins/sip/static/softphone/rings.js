/** Where my calls ring: here, at the desk phone, at a number outside, or everywhere; changed by one click. */

import { element } from "../element.js";
import { change, mine } from "../hub.js";

const PLACES = ["all", "browser", "phone", "outside"];

export class Rings {
  #hub;
  #said;

  constructor(hub, said) {
    this.#hub = hub;
    this.#said = said;
    this.root = element("fieldset", { class: "choice", hidden: "", "data-testid": "softphone-rings" });
  }

  /** Shown once the hub has said how it is. */
  async load() {
    try {
      this.#show(await mine());
    } catch {
      this.root.hidden = true; // the calls go on without it
    }
  }

  #show({ rings, places = PLACES }) {
    this.root.hidden = false;
    this.root.replaceChildren(element("legend", {}, this.#said("rings")), ...places.map((place) => this.#place(place, place === rings)));
  }

  #place(place, chosen) {
    const made = element("button", { type: "button", "aria-pressed": String(chosen), "data-testid": `rings-${place}` }, this.#said(place));
    made.addEventListener("click", () => this.#choose(place));
    return made;
  }

  async #choose(rings) {
    try {
      await change(this.#hub, "PUT", "/rings", { rings });
      await this.load();
    } catch {
      this.root.append(element("p", { role: "alert", class: "danger" }, this.#said("failed")));
    }
  }
}
