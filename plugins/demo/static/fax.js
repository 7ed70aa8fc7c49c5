/** A dealer's fax machine: a document goes in, a number is dialled, pages come out. */

const LOOK_EVERY = 1000; // milliseconds; only while somebody looks
const PRICE_LIST = "61"; // the keys of the hotline's menu that lead to it

const language = document.documentElement.lang;
const at = (id) => document.getElementById(id);
const words = await (await fetch(`static/words/${language}.json`)).json();
let known = { site: [], voice: [], entries: [] };

async function begin() {
  at("file").addEventListener("change", () => {
    at("name").textContent = at("file").files[0]?.name ?? words.fax_document;
  });
  at("form").addEventListener("submit", send);
  at("fetch").addEventListener("click", () => dial(known.voice[0], PRICE_LIST));
  await look();
  setInterval(() => document.hidden || look(), LOOK_EVERY);
}

async function look() {
  const answer = await fetch("fax/state").catch(() => null);
  if (!answer?.ok) return tell(words.fax_not_yet);
  const found = await answer.json();
  if (!found.on) tell(words.fax_not_yet);
  else if (at("notice").textContent === words.fax_not_yet) tell("");
  if (found.site.join() !== known.site.join()) at("to").replaceChildren(...found.site.map((number) => new Option(number)));
  known = found;
  at("number").textContent = found.number;
  at("fetch").disabled = !found.on || !found.voice.length;
  at("log").replaceChildren(...found.entries.map(line).reverse());
  found.entries.filter(({ file }) => file).forEach(pages);
  at("empty").hidden = at("tray").querySelector("figure") !== null;
}

// --- what there was ---------------------------------------------------------------------------------------------

function line(entry) {
  const item = document.createElement("li");
  item.dataset.state = entry.code || "BUSY";
  item.append(`${words[entry.direction === "OUT" ? "fax_out" : "fax_in"]} ${entry.number}`, small(outcome(entry)));
  return item;
}

function outcome({ code, pages: count, t38, text }) {
  const facts = [words.fax_pages.replace("{pages}", count), ...(t38 ? ["T.38"] : [])];
  if (!code) return [words.fax_under_way, ...facts].join(" · ");
  if (code === "OK") return [words.fax_ok, ...facts].join(" · ");
  return `${words.fax_failed} · ${code === "SIP_486" ? words.fax_busy : text || code}`;
}

function pages({ id, pages: count }) {
  for (let page = 1; page <= count; page += 1) {
    if (at("tray").querySelector(`[data-page="${id}-${page}"]`)) continue;
    const sheet = document.createElement("figure");
    sheet.dataset.page = `${id}-${page}`;
    sheet.dataset.testid = "fax-page";
    const picture = document.createElement("img");
    picture.src = `fax/faxes/${id}/pages/${page}`;
    picture.alt = words.fax_page.replace("{page}", page).replace("{pages}", count);
    const caption = document.createElement("figcaption");
    caption.textContent = picture.alt;
    sheet.append(picture, caption);
    at("tray").prepend(sheet);
  }
}

// --- dialling ---------------------------------------------------------------------------------------------------

function send(event) {
  event.preventDefault();
  const file = at("file").files[0];
  return file ? dial(at("to").value, "", file) : tell(words.fax_no_document);
}

async function dial(to, keys, file) {
  tell("");
  const query = new URLSearchParams({ to, keys, language });
  const headers = { "X-Desk": "1", "Content-Type": file?.type || "text/plain" };
  const answer = await fetch(`fax/faxes?${query}`, { method: "POST", headers, body: file }).catch(() => null);
  if (answer?.status === 422) tell((await answer.json()).error);
  else if (!answer?.ok) tell(words.fax_not_yet);
  await look();
}

function tell(text) {
  at("notice").hidden = !text;
  at("notice").textContent = text;
}

function small(text) {
  const element = document.createElement("small");
  element.textContent = text;
  return element;
}

begin();
