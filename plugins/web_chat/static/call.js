/** A button by which visitors of a page ask to be called: <script src=".../p/web_chat/call.js" data-account="shop" async>.
 *  It stands where the script stands, in a shadow root; it sets no cookie and keeps nothing. */
(() => {
  const script = document.currentScript;
  const base = new URL(script.src).origin;
  const account = script.dataset.account;
  const asked = script.dataset.language || document.documentElement.lang || navigator.language;
  const words = asked.startsWith("zh")
    ? {
        open: "请给我回电", number: "您的电话号码", name: "姓名（选填）", when: "不早于（选填）", send: "请回电",
        cancel: "取消", done: "谢谢！我们会给您回电。", wrong: "请输入有效的电话号码。", later: "现在无法提交，请稍后再试。",
      }
    : {
        open: "Call me back", number: "Your telephone number", name: "Name (optional)", when: "Not before (optional)",
        send: "Call me", cancel: "Cancel", done: "Thank you! We will call you.",
        wrong: "This is no number we can call.", later: "This is not possible now; please try again later.",
      };
  const style = `
    :host { display: inline-block; font: 15px/1.5 system-ui, sans-serif; color: CanvasText; color-scheme: light dark; }
    button { font: inherit; padding: 8px 16px; border: 1px solid; border-radius: 8px; cursor: pointer; background: Canvas; color: inherit; }
    button[type=submit], .open { background: var(--call-colour, #2f5fe0); border-color: transparent; color: #fff; }
    form { display: grid; gap: 10px; padding: 16px; border: 1px solid GrayText; border-radius: 12px; background: Canvas; max-width: 300px; }
    label { display: grid; gap: 4px; }
    input { font: inherit; padding: 7px 9px; border: 1px solid GrayText; border-radius: 6px; background: Field; color: FieldText; }
    :focus-visible { outline: 2px solid Highlight; outline-offset: 2px; }
    .row { display: flex; gap: 8px; }
    p { margin: 0; }`;

  const host = document.createElement("contact-hub-call");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];
  const place = document.createElement("div");
  root.append(place);
  script.after(host);

  function element(name, attributes = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  function show(...what) {
    place.replaceChildren(...what);
  }

  function button() {
    const open = element("button", { type: "button", class: "open" }, words.open);
    open.addEventListener("click", form);
    show(open);
    return open;
  }

  function form() {
    const number = element("input", { type: "tel", autocomplete: "tel", required: "", name: "number" });
    const name = element("input", { autocomplete: "name", maxlength: "80", name: "name" });
    const when = element("input", { type: "datetime-local", name: "when" });
    const said = element("p", { role: "alert" });
    const cancel = element("button", { type: "button" }, words.cancel);
    const send = element("button", { type: "submit" }, words.send);
    const made = element(
      "form", { "aria-label": words.open },
      element("label", {}, words.number, number), element("label", {}, words.name, name),
      element("label", {}, words.when, when), said, element("div", { class: "row" }, send, cancel),
    );
    cancel.addEventListener("click", () => button().focus());
    made.addEventListener("keydown", (event) => event.key === "Escape" && button().focus());
    made.addEventListener("submit", async (event) => {
      event.preventDefault();
      send.disabled = true;
      const at = when.value ? new Date(when.value).toISOString() : null;
      said.textContent = await ask({ number: number.value.trim(), name: name.value.trim(), at });
      send.disabled = false;
      if (!said.textContent) show(element("p", { role: "status" }, words.done));
    });
    show(made);
    number.focus();
  }

  /** What went wrong, "" when nothing did. A simple request: no preflight, no cookie. */
  async function ask(body) {
    try {
      const url = `${base}/c/web_chat/${encodeURIComponent(account)}/call`;
      const answer = await fetch(url, { method: "POST", body: JSON.stringify(body), credentials: "omit" });
      if (answer.ok) return "";
      return answer.status === 400 || answer.status === 422 ? words.wrong : words.later;
    } catch {
      return words.later;
    }
  }

  button();
})();
