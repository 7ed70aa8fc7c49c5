/** What panels of plugins have in common: `import { Element, element, style } from "/panel.js"`. */

/** A custom element that is drawn anew (`changed`) when what the inbox hands it changes; draw into `root`. */
export class Element extends HTMLElement {
  root = this.attachShadow({ mode: "open" });
  #context = {};
  #language = "en";

  set context(context) {
    this.#context = context;
    this.changed();
  }

  get context() {
    return this.#context;
  }

  set language(language) {
    this.#language = language;
    this.changed();
  }

  get language() {
    return this.#language;
  }

  connectedCallback() {
    this.changed();
  }
}

/** `element("p", {class: "faint"}, "text", child)`: texts stay texts. */
export function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A sheet for `root.adoptedStyleSheets`. */
export function style(css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
}
