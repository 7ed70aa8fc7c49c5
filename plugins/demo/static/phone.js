/** A customer's telephone: whom one calls and as whom, the keys, the hook, and how the call goes. */

import { Call, NoVoice } from "./phone-call.js";
import { Sound } from "./phone-sound.js";

const MINE = "demo-phone-number";
const FIRST = { en: "Emma Clarke", zh: "王芳" };
const NUMBER = /^\+?[0-9*#]{1,20}$/;

const language = document.documentElement.lang;
const at = (id) => document.getElementById(id);
const ask = async (path) => (await fetch(path)).json();
const none = () => ({ people: [], site: [] });

const [words, known] = await Promise.all([ask(`static/words/${language}.json`), ask("phone/numbers").catch(none)]);
let call = null;
let sound = null;
let stage = "";
let since = 0;

function begin() {
  at("who").append(...known.people.map(({ number, name }) => new Option(`${name} · ${number}`, number)));
  at("who").value = localStorage.getItem(MINE) ?? known.people.find(({ name }) => name === FIRST[language])?.number ?? "";
  at("who").addEventListener("change", () => localStorage.setItem(MINE, at("who").value));
  at("site").append(...known.site.map((number) => new Option(number)));
  at("number").value = known.site[0] ?? "";
  at("number").addEventListener("keydown", ({ key }) => key === "Enter" && !call && dial());
  at("keys").addEventListener("click", ({ target }) => target.matches("button") && press(target.textContent));
  at("hook").addEventListener("click", () => (call ? call.hangUp() : dial()));
  at("mute").addEventListener("click", mute);
  at("clear").addEventListener("click", () => (at("number").value = at("number").value.slice(0, -1)));
  setInterval(showTime, 250);
}

// --- a call -----------------------------------------------------------------------------------------------------

async function dial() {
  const number = at("number").value.replace(/[\s()\-./]/g, "");
  if (!NUMBER.test(number)) return say("phone_number_wrong", true);
  sound = new Sound(showLevels, () => stage === "RINGING");
  const calling = (call = new Call(told));
  told({ stage: "CONNECTING" });
  try {
    await calling.dial(at("who").value, number);
    if (!calling.over) listen();
  } catch (error) {
    calling.ended(error instanceof NoVoice ? error.message : "NO_VOICE");
  }
}

function listen() {
  at("ear").srcObject = call.theirs;
  sound.listen(call.mine, call.theirs);
}

function told({ stage: now, why }) {
  stage = now;
  if (now === "ENDED") return over(why);
  if (now === "TALKING") since ||= Date.now();
  say(`phone_${now.toLowerCase()}`);
  return show();
}

function over(why) {
  sound.close();
  [call, sound, stage, since] = [null, null, "", 0];
  at("ear").srcObject = null;
  at("mute").ariaPressed = "false";
  say(`phone_${why.toLowerCase()}`, !why.endsWith("HUNG_UP"));
  show();
}

function press(key) {
  if (!call) at("number").value += key;
  else if (since) call.key(key);
}

function mute() {
  const muted = at("mute").ariaPressed !== "true";
  at("mute").ariaPressed = String(muted);
  call.mute(muted);
}

// --- what is seen -----------------------------------------------------------------------------------------------

function show() {
  document.body.classList.toggle("busy", call !== null);
  document.body.classList.toggle("talking", since > 0);
  at("hook").textContent = call ? words.phone_hang_up : words.phone_call;
  at("who").disabled = at("number").readOnly = call !== null;
  at("clear").hidden = call !== null;
  at("mute").hidden = at("time").hidden = !since;
  showTime();
}

function showTime() {
  const seconds = since ? Math.floor((Date.now() - since) / 1000) : 0;
  at("time").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function showLevels(mine, theirs) {
  at("mine").value = mine;
  at("theirs").value = theirs;
}

function say(sentence, bad = false) {
  at("said").textContent = words[sentence] ?? sentence;
  at("said").classList.toggle("bad", bad);
}

begin();
