/** Writing a mail: a new one, or the answer to one. */

import { packed, Refused, send } from "./mailbox.js";

const MOST_BYTES = 10_000_000;

/** Fill the composer. `draft`: {to, subject, answers}; `sent` is called when the hub took it. */
export function compose(form, { sender, draft, words, sent, told, cancelled }) {
  const field = (name) => form.elements.namedItem(name);
  let files = [];
  field("to").value = draft.to;
  field("subject").value = draft.subject;
  field(draft.answers ? "text" : "subject").focus();

  form.querySelector("[data-cancel]").addEventListener("click", cancelled);
  form.querySelector("[data-attach]").addEventListener("change", (event) => {
    files = [...files, ...event.target.files];
    event.target.value = "";
    list();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const total = files.reduce((sum, file) => sum + file.size, 0);
    if (total > MOST_BYTES) return told(words.mail_too_large, true);
    await deliver();
  });

  async function deliver() {
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    told(words.mail_sending);
    try {
      await send({ ...sender(), ...draft, ...read(), files: await Promise.all(files.map(packed)) });
      sent();
    } catch (error) {
      told(words[sentence(error)], true);
    } finally {
      button.disabled = false;
    }
  }

  const read = () => ({ to: field("to").value, subject: field("subject").value, text: field("text").value });

  function list() {
    form.querySelector("[data-files]").replaceChildren(...files.map(line));
  }

  function line(file) {
    const item = document.createElement("li");
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = "×";
    remove.ariaLabel = `${words.mail_remove}: ${file.name}`;
    remove.addEventListener("click", () => {
      files = files.filter((each) => each !== file);
      list();
    });
    item.append(file.name, remove);
    return item;
  }
}

function sentence(error) {
  if (!(error instanceof Refused)) return "mail_not_sent";
  return { OFFLINE: "mail_offline", NOT_YET: "mail_not_yet" }[error.code] ?? "mail_not_sent";
}
