/** What the page asks of its plugin, as whoever is logged in. */

async function ask(path, options) {
  const answer = await fetch(`/p/self_service${path}`, { credentials: "same-origin", ...options });
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok && answer.status !== 422) throw new Error(said.error?.message ?? said.error ?? answer.statusText);
  return said;
}

export const flows = () => ask("/flows");

export async function source(flow) {
  const answer = await fetch(`/p/self_service/flows/${encodeURIComponent(flow)}`, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.text();
}

/** `hub` is the panel's: it knows the session's CSRF token. */
export async function post(hub, path, body) {
  const { csrf } = await hub.get("/me");
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
  return ask(path, { method: "POST", headers, body: JSON.stringify(body) });
}
