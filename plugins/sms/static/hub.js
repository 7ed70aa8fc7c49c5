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

/** The same question by many elements at once is asked once; `fresh` asks anew. */
const asked = new Map();
export function shared(path, query, fresh = false) {
  const key = `${path}?${new URLSearchParams(query)}`;
  if (fresh || !asked.has(key)) {
    const answer = ask(path, query);
    answer.catch(() => asked.delete(key));
    asked.set(key, answer);
  }
  return asked.get(key);
}
