/** A customer's handset: whose it is, the conversation as on a phone, and writing a text. */

const MINE = "demo-handset-number";
const FIRST = { en: "Emma Clarke", zh: "王芳" };
const LOOK_EVERY = 1000; // milliseconds; only while somebody looks

const language = document.documentElement.lang;
const at = (id) => document.getElementById(id);
const ask = async (path) => {
  const answer = await fetch(path);
  return answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)));
};
const none = () => ({ people: [], site: [] });
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(language, { month: "short", day: "numeric" });

const words = await ask(`static/words/${language}.json`);
let known = none();
let seen = 0; // the newest version of a text that is shown
let looking = false;

async function begin() {
  known = await ask("handset/numbers").catch(none);
  at("who").append(...known.people.map(({ number, name }) => new Option(`${name} · ${number}`, number)));
  const first = known.people.find(({ name }) => name === FIRST[language]);
  at("who").value = localStorage.getItem(MINE) ?? first?.number ?? "";
  at("who").addEventListener("change", become);
  fillSite();
  at("to").addEventListener("change", become);
  at("form").addEventListener("submit", send);
  at("text").addEventListener("keydown", enter);
  look();
  setInterval(() => document.hidden || look(), LOOK_EVERY);
}

/** The site's numbers are not known yet while the demo starts. */
function fillSite() {
  at("to").replaceChildren(...known.site.map((number) => new Option(number)));
}

function become() {
  localStorage.setItem(MINE, at("who").value);
  seen = 0;
  at("texts").replaceChildren();
  look();
}

// --- the conversation -------------------------------------------------------------------------------------------

async function look() {
  if (looking) return;
  looking = true;
  try {
    if (!known.site.length) await lookAround();
    const number = at("who").value;
    const { items, ready } = await ask(`handset/texts?number=${encodeURIComponent(number)}&after=${seen}`);
    if (number === at("who").value) items.filter(isOurs).forEach(show);
    seen = Math.max(seen, ...items.map(({ version }) => version));
    tell(ready ? "" : words.handset_not_yet);
  } catch {
    tell(words.handset_not_yet);
  } finally {
    looking = false;
    at("empty").hidden = at("texts").childElementCount > 0;
  }
}

async function lookAround() {
  known = await ask("handset/numbers");
  fillSite();
}

/** Between this handset and the site's number that is chosen. */
function isOurs({ peer }) {
  const digits = (number) => number.replace(/\D/g, "");
  return digits(peer) === digits(at("to").value) || !digits(peer);
}

function show(text) {
  const line = at("texts").querySelector(`[data-id="${text.id}"]`) ?? at("texts").appendChild(document.createElement("div"));
  line.dataset.id = text.id;
  line.dataset.state = text.state;
  line.dataset.testid = text.own ? "handset-own" : "handset-got";
  line.className = text.own ? "own" : "";
  line.replaceChildren(part("p", text.text, "said"), part("p", facts(text), "facts"));
  line.scrollIntoView({ block: "nearest" });
}

function facts({ at: time, parts, coding, own, state }) {
  const moment = new Date(time);
  const today = moment.toDateString() === new Date().toDateString();
  const counted = words.handset_parts.replace("{parts}", parts);
  const said = [today ? clock.format(moment) : day.format(moment), ...(parts > 1 ? [counted, coding] : [])];
  if (own) said.push(words[`handset_${state.toLowerCase()}`] ?? "");
  return said.filter(Boolean).join(" · ");
}

// --- writing ----------------------------------------------------------------------------------------------------

function enter(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  at("form").requestSubmit();
}

async function send(event) {
  event.preventDefault();
  const body = { sender: at("who").value, to: at("to").value, text: at("text").value.trim() };
  if (!body.text || !body.to) return;
  at("text").value = "";
  const headers = { "Content-Type": "application/json" };
  const options = { method: "POST", headers, body: JSON.stringify(body) };
  const sent = fetch("handset/texts", options).catch(() => null);
  setTimeout(look, 100); // it stands there while it leaves
  const answer = await sent;
  if (!answer?.ok && !at("text").value) at("text").value = body.text;
  await look();
  if (!answer?.ok) tell(words.handset_not_sent, true);
}

// --- parts ------------------------------------------------------------------------------------------------------

function tell(text, bad = false) {
  at("notice").hidden = !text;
  at("notice").classList.toggle("bad", bad);
  at("notice").textContent = text;
}

function part(kind, text, style) {
  const element = document.createElement(kind);
  element.textContent = text;
  element.className = style;
  return element;
}

begin();
