/** The supervisors' page: what is coming in now, and one document to many numbers. */

import "./arriving.js";
import "./broadcasts.js";
import { Element } from "./element.js";

class FaxDesk extends Element {
  #parts = ["fax-arriving", "fax-broadcasts"].map((name) => document.createElement(name));

  constructor() {
    super();
    this.root.append(...this.#parts);
  }

  changed() {
    for (const part of this.#parts) Object.assign(part, { hub: this.hub, language: this.language });
  }
}

customElements.define("fax-desk", FaxDesk);
