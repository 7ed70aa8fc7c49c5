/** A customer's mail program: who one is, the list, the mail that is read or written. */

import { compose } from "./composer.js";
import { addresses, box, message, words as load } from "./mailbox.js";

const LOOK_EVERY = 1500; // milliseconds; only while somebody looks
const MINE = "demo-mail-address";
const FIRST = { en: "emma.clarke@customers.test", zh: "wang.fang@customers.test" };

const language = document.documentElement.lang;
const at = (id) => document.getElementById(id);
const copy = (id) => at(id).content.firstElementChild.cloneNode(true);
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const day = new Intl.DateTimeFormat(language, { month: "short", day: "numeric" });

const [words, known] = await Promise.all([load(language), addresses()]);
const mine = () => at("who").value.trim().toLowerCase();
let open = 0;
let listed = "";

// --- who one is -------------------------------------------------------------------------------------------------

function begin() {
  const people = known.people.map(({ address, name }) => choice(address, name));
  at("people").replaceChildren(...people);
  const quick = at("who").value; // somebody may have typed before we were ready
  if (quick) become();
  else at("who").value = localStorage.getItem(MINE) ?? FIRST[language] ?? FIRST.en;
  at("who").addEventListener("change", become);
  at("who").addEventListener("focus", () => at("who").select());
  at("write").addEventListener("click", () => write({ to: known.site[0] ?? "", subject: "" }));
  look();
  setInterval(() => document.hidden || look(), LOOK_EVERY);
}

function become() {
  if (mine() && !mine().includes("@")) at("who").value = `${mine()}@${known.domain}`;
  if (!mine().endsWith(`@${known.domain}`)) return tell(words.mail_address_wrong, true);
  localStorage.setItem(MINE, mine());
  tell("");
  nothing();
  look();
}

/** Sender of what is written: an address, and the name that goes with it. */
function sender() {
  const name = known.people.find((each) => each.address === mine())?.name ?? "";
  return { sender: mine(), name };
}

function choice(address, name) {
  const option = document.createElement("option");
  option.value = address;
  option.label = name;
  return option;
}

// --- the list ---------------------------------------------------------------------------------------------------

async function look() {
  const items = await box(mine()).catch(() => null);
  const state = JSON.stringify([items, open]);
  if (!items || state === listed) return;
  listed = state;
  at("list").replaceChildren(...(items.length ? items.map(line) : [copy("empty")]));
}

function line(mail) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.testid = "mail-item";
  button.className = mail.seen ? "" : "unseen";
  button.ariaCurrent = String(mail.id === open);
  button.append(peer(mail), part("div", mail.subject || words.mail_no_subject, "subject"));
  button.addEventListener("click", () => read(mail));
  item.append(button);
  return item;
}

function peer(mail) {
  const row = part("div", "", "peer");
  row.append(part("span", mail.own ? `→ ${mail.peer}` : mail.peer), part("time", moment(mail.at)));
  return row;
}

function moment(time) {
  const date = new Date(time);
  return date.toDateString() === new Date().toDateString() ? clock.format(date) : day.format(date);
}

// --- reading ----------------------------------------------------------------------------------------------------

async function read(mail) {
  const letter = await message(mail.id).catch(() => null);
  if (!letter) return tell(words.mail_offline, true);
  open = mail.id;
  tell("");
  const page = copy("reader");
  const fill = (name, text) => (page.querySelector(`[data-${name}]`).textContent = text);
  fill("subject", letter.subject || words.mail_no_subject);
  fill("sender", letter.sender_name ? `${letter.sender_name} <${letter.sender}>` : letter.sender);
  fill("to", `${words.mail_to_line} ${letter.to}`);
  page.querySelector("[data-body]").append(letter.html ? frame(mail.id) : letter.text);
  page.querySelector("[data-files]").append(...letter.files.map((file, place) => attachment(mail.id, file, place)));
  page.querySelector("[data-back]").addEventListener("click", nothing);
  page.querySelector("[data-reply]").addEventListener("click", () => write(answer(mail, letter)));
  show(page);
  look();
}

/** The mail's own HTML: no script, no origin, nothing fetched. */
function frame(id) {
  const element = document.createElement("iframe");
  element.sandbox = "";
  element.title = words.mail_frame;
  element.src = `mail/messages/${id}/shown`;
  return element;
}

function attachment(id, file, place) {
  const item = document.createElement("li");
  const link = part("a", file.name);
  link.href = `mail/messages/${id}/files/${place}`;
  item.append(link);
  return item;
}

// --- writing ----------------------------------------------------------------------------------------------------

function answer(mail, letter) {
  const subject = /^(re|aw|回复|答复)\s*[:：]/i.test(letter.subject) ? letter.subject : `Re: ${letter.subject}`;
  return { to: mail.own ? mail.peer : letter.sender, subject, answers: mail.id };
}

function write(draft) {
  if (!mine().endsWith(`@${known.domain}`)) return tell(words.mail_address_wrong, true);
  const form = copy("composer");
  form.querySelector("datalist").replaceChildren(...known.site.map((address) => choice(address, "")));
  show(form);
  compose(form, { sender, draft, words, told: tell, cancelled: nothing, sent });
}

async function sent() {
  nothing();
  tell(words.mail_sent);
  await look();
}

// --- parts ------------------------------------------------------------------------------------------------------

function show(page) {
  document.body.classList.add("reading");
  at("pane").replaceChildren(page);
}

function nothing() {
  open = 0;
  document.body.classList.remove("reading");
  at("pane").replaceChildren(part("p", words.mail_pick, "empty"));
  look();
}

function tell(text, bad = false) {
  at("notice").hidden = !text;
  at("notice").classList.toggle("bad", bad);
  at("notice").textContent = text;
}

function part(kind, text, style = "") {
  const element = document.createElement(kind);
  element.textContent = text;
  if (style) element.className = style;
  return element;
}

begin();
