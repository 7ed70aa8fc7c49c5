/** Plain HTTP beside the socket. Requests are simple ones (no preflight), and carry no cookie. */

/** A failed request, by the protocol's code. */
async function check(answer: Response): Promise<string> {
  const text = await answer.text();
  if (answer.ok) return text;
  let code = "OVERLOADED";
  try {
    code = (JSON.parse(text) as { error: { code: string } }).error.code;
  } catch {
    // not our own answer: a proxy's, most likely
  }
  throw new Error(code);
}

export async function get(url: string): Promise<string> {
  return check(await fetch(url, { credentials: "omit" }));
}

export async function post(url: string, body: string): Promise<string> {
  return check(await fetch(url, { method: "POST", body, credentials: "omit" }));
}

export async function send(url: string, fields: Record<string, string>, file: File): Promise<void> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  form.set("file", file, file.name);
  await check(await fetch(url, { method: "POST", body: form, credentials: "omit" }));
}

/** Whether a media type is on the list ("image/*" stands for all pictures). */
export function kindTaken(type: string, taken: string[]): boolean {
  return taken.some((pattern) => (pattern.endsWith("*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern));
}
