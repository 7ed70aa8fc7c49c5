/** Asks once more before something that cannot be taken back. */

import { element, style } from "./element.js";

export const dialogLook = style(`
dialog { max-width: min(420px, calc(100vw - 32px)); padding: 18px 20px; border: 1px solid var(--line-strong); border-radius: 12px; background: var(--surface); color: var(--text); }
dialog::backdrop { background: rgb(0 0 0 / 0.4); }
dialog form { margin: 0; }
dialog h3 { margin: 0 0 6px; font-size: 15px; overflow-wrap: anywhere; }
dialog p { font-size: 13px; }
dialog .row { justify-content: flex-end; margin-top: 14px; }
dialog button[value="yes"] { color: var(--bad); border-color: var(--bad); }
`);

/** Whether they say yes. Escape, and the key that has the focus, say no; the focus goes back to where it was. */
export function confirmed(root, { title, about, yes, no }) {
  const key = (value, words, more = {}) => element("button", { type: "submit", value, "data-testid": `confirm-${value}`, ...more }, words);
  const form = element("form", { method: "dialog" }, element("h3", { id: "asked" }, title), element("p", { id: "asked-about" }, about));
  form.append(element("div", { class: "row" }, key("no", no, { autofocus: "" }), key("yes", yes)));
  const dialog = element("dialog", { "aria-labelledby": "asked", "aria-describedby": "asked-about", "data-testid": "confirm" }, form);
  root.append(dialog);
  dialog.showModal();
  return new Promise((answered) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      answered(dialog.returnValue === "yes");
    });
  });
}
