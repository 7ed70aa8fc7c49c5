/** One rehearsal: the script speaks, you answer as the customer; the hub and its customers notice nothing. */

import { element } from "./element.js";
import * as hub from "./hub.js";
import { say } from "./words.js";

const SILENCE = "<silence>";

export class Stage {
  #panel;
  #flow;
  #language;
  #state = null;
  #source = "";

  constructor(panel, flow, language) {
    this.#panel = panel;
    this.#flow = flow;
    this.#language = language;
    this.medium = this.#choice("medium", ["LIVE_TEXT", "VOICE", "DEFERRED"], (key) => this.#said(key));
    this.speaks = this.#choice("language", ["en", "zh"], (key) => ({ en: "English", zh: "中文" })[key]);
    this.speaks.value = language;
    this.closed = element("input", { type: "checkbox" });
    this.talk = element("div", { class: "talk", role: "log", "data-testid": "stage-talk" });
    this.answer = element("input", { class: "grow", "aria-label": this.#said("answer"), placeholder: this.#said("answer"), "data-testid": "stage-answer" });
    this.text = element("textarea", { spellcheck: "false", "aria-label": this.#said("script"), "data-testid": "stage-script" });
    this.root = element("div", { class: "stage", "data-testid": "stage" }, this.#settings(), this.talk, this.#form(), this.#script());
  }

  async start() {
    this.#state = null;
    this.talk.replaceChildren();
    await this.#step({});
  }

  #said(key, values) {
    return say(this.#language, key, values);
  }

  #choice(name, keys, label) {
    const select = element("select", { "aria-label": this.#said(name), "data-testid": `stage-${name}` });
    select.append(...keys.map((key) => element("option", { value: key }, label(key))));
    select.addEventListener("change", () => this.start());
    return select;
  }

  #settings() {
    const again = element("button", { type: "button", "data-testid": "stage-start" }, this.#said("start"));
    again.addEventListener("click", () => this.start());
    this.closed.addEventListener("change", () => this.start());
    return element("div", { class: "row" }, this.medium, this.speaks, element("label", {}, this.closed, this.#said("closed")), again);
  }

  #form() {
    const silence = element("button", { type: "button" }, this.#said("silence"));
    silence.addEventListener("click", () => this.#hear(SILENCE, this.#said("silence")));
    this.form = element("form", { class: "row" }, this.answer, element("button", { type: "submit" }, this.#said("send")), silence);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.answer.value.trim()) this.#hear(this.answer.value, this.answer.value);
      this.answer.value = "";
    });
    return this.form;
  }

  #script() {
    const details = element("details", {}, element("summary", {}, this.#said("script")), element("p", { class: "faint" }, this.#said("edited")), this.text);
    details.addEventListener("toggle", async () => {
      if (details.open && !this.text.value) this.text.value = this.#source = await hub.source(this.#flow).catch(() => "");
    });
    return details;
  }

  #hear(answer, shown) {
    this.#line(shown, "own");
    return this.#step({ answer });
  }

  async #step(more) {
    const changed = this.text.value && this.text.value !== this.#source ? { text: this.text.value } : { flow: this.#flow };
    const told = { ...changed, state: this.#state, medium: this.medium.value, language: this.speaks.value, closed: this.closed.checked };
    try {
      this.#show(await hub.post(this.#panel, "/rehearse", { ...told, ...more }));
    } catch {
      this.#line(this.#said("failed"), "note");
    }
  }

  #show(step) {
    for (const each of step.complaints ?? []) this.#line(this.#said("place", each) + each.sentence, "wrong");
    if (step.complaints) return;
    this.#state = step.state;
    for (const line of step.lines) if (!line.startsWith("  [")) this.#line(line, line.startsWith("->") ? "note faint" : "");
    if (step.choices.length) this.talk.append(this.#buttons(step.choices));
    if (step.speech.length) this.#line(`${this.#said("spoken")}: ${step.speech.join("\n")}`, "note faint");
    if (step.over) this.#line(this.#said("over"), "note faint");
    for (const control of this.form.elements) control.disabled = step.over;
    this.talk.scrollTop = this.talk.scrollHeight;
  }

  #buttons(choices) {
    const row = element("div", { class: "row" });
    for (const choice of choices) {
      const button = element("button", { type: "button", "data-testid": "stage-choice" }, `${choice.key} · ${choice.label}`);
      button.addEventListener("click", () => {
        row.remove();
        this.#hear(choice.key, choice.label);
      });
      row.append(button);
    }
    return row;
  }

  #line(text, kind) {
    this.talk.append(element("p", { class: `line ${kind}` }, text));
  }
}
