/** What the elements ask of their plugin, as whoever is logged in. */

export async function ask(path, query) {
  return read(await fetch(`/p/sms/${path}?${new URLSearchParams(query)}`, { credentials: "same-origin" }));
}

/** `hub` is the panel's: it knows the session's CSRF token. */
export async function tell(hub, path, body) {
  const { csrf } = await hub.get("/me");
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
  const options = { method: "POST", credentials: "same-origin", headers, body: JSON.stringify(body) };
  return read(await fetch(`/p/sms/${path}`, options));
}

async function read(answer) {
  if (!answer.ok) throw Object.assign(new Error(answer.statusText), { status: answer.status });
  return answer.status === 204 ? {} : answer.json();
}

const SOON_MS = 300;
const asked = new Map();
const soon = new Map();

/** The same question by many elements is asked once. */
export function shared(path, query) {
  const key = `${path}?${new URLSearchParams(query)}`;
  if (!asked.has(key)) asked.set(key, ask(path, query));
  const answer = asked.get(key);
  answer.catch(() => asked.delete(key));
  return answer;
}

/** It may have another answer by now: asked anew, once for all who want to know within a moment. */
export function anew(path, query) {
  const key = `${path}?${new URLSearchParams(query)}`;
  if (!soon.has(key)) soon.set(key, new Promise((later) => setTimeout(later, SOON_MS)).then(again));
  return soon.get(key);

  function again() {
    soon.delete(key);
    asked.delete(key);
    return shared(path, query);
  }
}
