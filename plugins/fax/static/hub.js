/** What the elements ask of their plugin, as whoever is logged in. A refusal is an Error with the answer's words. */

export const ask = async (path) => read(await fetch(`/p/fax/${path}`, { credentials: "same-origin" }));

/** `hub` is the panel's: it knows the session's CSRF token. */
export async function tell(hub, path, body, signal) {
  const { csrf } = await hub.get("/me");
  const headers = { "Content-Type": "application/json", "X-CSRF-Token": csrf };
  return read(await fetch(`/p/fax/${path}`, { method: "POST", credentials: "same-origin", headers, body: JSON.stringify(body), signal }));
}

/** A file of the hub's, as base64. */
export async function fileOf(id) {
  const answer = await fetch(`/api/v1/attachments/${id}`, { credentials: "same-origin" });
  if (!answer.ok) throw refusal(answer.status, answer.statusText);
  const reader = new FileReader();
  const read = new Promise((resolve, reject) => Object.assign(reader, { onload: resolve, onerror: reject }));
  reader.readAsDataURL(await answer.blob());
  await read;
  return reader.result.slice(reader.result.indexOf(",") + 1);
}

async function read(answer) {
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw refusal(answer.status, said.error?.message ?? answer.statusText);
  return said;
}

const refusal = (status, words) => Object.assign(new Error(words), { status });

const SOONEST_MS = 1000;
const LATEST_MS = 15_000;

/** Whatever the plugin says on this socket, which is opened again when it breaks; `lost` is told of that. Returns what
 * ends it. */
export function follow(path, hear, lost) {
  let socket, timer;
  let pause = SOONEST_MS;
  const open = () => {
    socket = new WebSocket(new URL(`/p/fax/${path}`, location.href.replace(/^http/, "ws")));
    socket.onmessage = ({ data }) => {
      pause = SOONEST_MS;
      hear(JSON.parse(data));
    };
    socket.onclose = () => {
      lost();
      timer = setTimeout(open, pause);
      pause = Math.min(2 * pause, LATEST_MS);
    };
  };
  open();
  return () => {
    clearTimeout(timer);
    socket.onclose = null;
    socket.close();
  };
}
