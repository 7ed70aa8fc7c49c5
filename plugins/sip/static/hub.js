/** What the page asks of its plugin, as whoever is logged in. A refusal is an Error with the answer's `status`. */

async function ask(path, options) {
  const answer = await fetch(`/p/sip${path}`, { credentials: "same-origin", ...options });
  if (!answer.ok) throw Object.assign(new Error(answer.statusText), { status: answer.status });
  return answer.status === 204 ? {} : answer.json();
}

/** `hub` is the panel's: it knows the session's CSRF token. */
export async function change(hub, method, path, body) {
  const { csrf } = await hub.get("/me");
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
  return ask(path, { method, headers, body: JSON.stringify(body) });
}

export const phones = async () => (await ask("/phones")).phones;
export const give = (hub, user, phone) => change(hub, "PUT", `/phones/${user}`, phone);
/** Where my own calls ring. */
export const mine = () => ask("/rings");
export const take = (hub, user) => change(hub, "DELETE", `/phones/${user}`, {});

/** What the exchange sees; null for those who may give phones but not look at connections. */
export async function status() {
  try {
    return await ask("/status");
  } catch (error) {
    if (error.status === 403) return null;
    throw error;
  }
}

export async function users(hub) {
  const found = [];
  for (let cursor; cursor !== null; ) {
    const page = await hub.get("/users", { limit: 200, cursor });
    found.push(...page.items);
    cursor = page.next ?? null;
  }
  return found;
}
