/** What the mail program asks of the hub. */

export class Refused extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Refused("OFFLINE");
  }
  if (answer.ok) return answer.json();
  const refused = await answer.json().catch(() => ({}));
  throw new Refused(refused.error?.code ?? "OFFLINE");
}

export const addresses = () => ask("mail/addresses");
export const box = async (address) => (await ask(`mail/box?address=${encodeURIComponent(address)}`)).items;
export const message = (id) => ask(`mail/messages/${id}`);
export const words = (language) => ask(`static/words/${language}.json`);

export function send(mail) {
  const headers = { "Content-Type": "application/json" };
  return ask("mail/messages", { method: "POST", headers, body: JSON.stringify(mail) });
}

/** A file as the hub takes it: base64. */
export function packed(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error);
    reader.onload = () => resolve({ name: file.name, type: media(file.type), data: reader.result.split(",")[1] ?? "" });
    reader.readAsDataURL(file);
  });
}

const media = (type) => (/^[a-z0-9][a-z0-9.+-]*\/[a-z0-9][a-z0-9.+-]*$/.test(type) ? type : "application/octet-stream");
