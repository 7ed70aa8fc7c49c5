/** What an administrator looks at when calls do not work: each trunk, whether its proxies answer, who is shut out. */

import { element } from "./element.js";

export function trunks(status, said) {
  const shown = status.trunks.length ? status.trunks.map((each) => trunk(each, said)) : [element("li", { class: "faint" }, said("no_trunks"))];
  const now = [said("calls", status), ...(status.banned.length ? [said("banned", { hosts: status.banned.join(", ") })] : [])];
  return [
    element("h2", {}, said("trunks")),
    element("p", { class: "faint", "data-testid": "sip-now" }, now.join(" · ")),
    element("ul", { "data-testid": "sip-trunks" }, ...shown),
  ];
}

function trunk({ connection, listens, registrar, registration, proxies }, said) {
  const about = [said("listens", { listens }), ...(registrar ? [said("takes_phones")] : []), ...(proxies.length ? [] : [said("no_way_out")])];
  return element(
    "li",
    { class: "row", "data-testid": "sip-trunk" },
    element("div", { class: "grow" }, element("h3", {}, connection), element("span", { class: "faint" }, about.join(" · "))),
    ...(registration ? [standing(registration, said)] : []),
    ...proxies.map(({ where, up }) => element("span", { class: `pill ${up ? "good" : "bad"}` }, `${where}: ${said(up ? "up" : "down")}`)),
  );
}

/** Whether the carrier knows where to call us, and why not. */
function standing({ standing, error }, said) {
  const good = standing === "REGISTERED";
  const text = said(good ? "at_carrier" : "not_at_carrier");
  return element("span", { class: `pill ${good ? "good" : "bad"}`, "data-testid": "sip-registration" }, error ? `${text}: ${error}` : text);
}
