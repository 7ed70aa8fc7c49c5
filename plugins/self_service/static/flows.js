/** The page of flows in the administration: what there is, what is wrong with it, on or off, and a rehearsal of each. */

import * as hub from "./hub.js";
import { look } from "./look.js";
import { Stage } from "./stage.js";
import { element } from "./element.js";
import { say } from "./words.js";

class SelfServiceFlows extends HTMLElement {
  #shadow = this.attachShadow({ mode: "open" });
  #language = "en";
  #stage = null;

  constructor() {
    super();
    this.#shadow.adoptedStyleSheets = [look];
  }

  set language(language) {
    const before = this.#language;
    this.#language = language;
    if (before !== language && this.isConnected) this.show();
  }

  get language() {
    return this.#language;
  }

  connectedCallback() {
    this.show();
  }

  async show() {
    const said = (key, values) => say(this.#language, key, values);
    try {
      const { items, complaints } = await hub.flows();
      this.#stage = null;
      this.#shadow.replaceChildren(
        element("h2", {}, said("title")),
        ...complaints.map((each) => element("p", { class: "wrong", "data-testid": "flow-complaint" }, said("place", each), each.sentence)),
        ...(items.length ? items.map((item) => this.#flow(item, said)) : [element("p", { class: "faint" }, said("none"))]),
      );
    } catch {
      this.#shadow.replaceChildren(element("p", { class: "wrong", role: "alert" }, said("failed")));
    }
  }

  #flow(item, said) {
    const at = item.at ? said("switched", { by: item.by, at: new Date(item.at).toLocaleString(this.#language) }) : "";
    const toggle = element("button", { type: "button", "data-testid": "flow-switch" }, said(item.on ? "switch_off" : "switch_on"));
    toggle.addEventListener("click", () => this.#switch(item));
    const rehearse = element("button", { type: "button", "data-testid": "flow-rehearse" }, said("try"));
    const place = element("div", { class: "flow", "data-testid": "flow" });
    rehearse.addEventListener("click", () => this.#rehearse(item, place));
    place.append(
      element(
        "div",
        { class: "row" },
        element("div", { class: "grow" }, element("h3", {}, item.title), element("span", { class: "faint" }, `${item.flow} · ${said(item.on ? "on" : "off")} ${at}`)),
        toggle,
        rehearse,
      ),
    );
    return place;
  }

  async #switch(item) {
    await hub.post(this.hub, `/flows/${item.flow}/switch`, { on: !item.on }).catch(() => undefined);
    await this.show();
  }

  #rehearse(item, place) {
    this.#stage?.root.remove();
    this.#stage = new Stage(this.hub, item.flow, this.#language);
    place.append(this.#stage.root);
    this.#stage.start();
  }
}

customElements.define("self-service-flows", SelfServiceFlows);
