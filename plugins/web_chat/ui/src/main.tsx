/** The one script tag: finds its own address and account, asks for the settings, and stands on the page. */

import { render } from "preact";
import { Chat } from "./chat";
import { ink, readable } from "./colour";
import type { Configuration, Customer } from "./protocol";
import style from "./style.css?inline";
import { pick } from "./texts";
import { App } from "./view/App";
import { get } from "./web";

const ELEMENT = "contact-hub-chat";

interface Handle {
  open: () => void;
  close: () => void;
  identify: (customer: Customer) => void;
  forget: () => void;
}

declare global {
  interface Window {
    /** What a page may call once the widget stands: `contactHubChat.open()`. */
    contactHubChat?: Handle;
  }
}

const script = document.currentScript as HTMLScriptElement | null;

async function stand(tag: HTMLScriptElement): Promise<void> {
  const { account = "", language, theme, customer, open } = tag.dataset;
  const base = new URL(tag.src).origin;
  if (!account || document.querySelector(ELEMENT)) return;
  const answer = await get(`${base}/c/web_chat/${encodeURIComponent(account)}/config`);
  const configuration = JSON.parse(answer) as Configuration;
  const spoken = pick(language, document.documentElement.lang, navigator.language, configuration.language);
  const place = { base, account, language: spoken, customer: signed(customer) };
  const chat = new Chat(place, configuration);
  render(<App chat={chat} language={spoken} />, root(configuration, theme));
  chat.begin();
  if (open !== undefined) chat.show(true);
  window.contactHubChat = {
    open: () => chat.show(true),
    close: () => chat.show(false),
    identify: (who) => chat.identify(who),
    forget: () => chat.forget(),
  };
}

/** A shadow root of our own: neither the page's styles nor ours cross over. */
function root(configuration: Configuration, theme: string | undefined): ShadowRoot {
  const host = document.createElement(ELEMENT);
  if (theme) host.dataset.theme = theme;
  const colour = configuration.colour;
  host.style.setProperty("--brand", colour);
  host.style.setProperty("--on-brand", ink(colour));
  host.style.setProperty("--brand-on-light", readable(colour, "#f1f2f5"));
  host.style.setProperty("--brand-on-dark", readable(colour, "#262a32"));
  const shadow = host.attachShadow({ mode: "open" });
  dress(shadow);
  document.body.append(host);
  return shadow;
}

/** A constructed sheet is no inline style: a page's content security policy does not forbid it. */
function dress(shadow: ShadowRoot): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  shadow.adoptedStyleSheets = [sheet];
}

function signed(text: string | undefined): Customer | undefined {
  try {
    return text ? (JSON.parse(text) as Customer) : undefined;
  } catch {
    return undefined;
  }
}

if (script) {
  const begin = () => void stand(script).catch((error: Error) => console.warn(`chat: ${error.message}`));
  if (document.body) begin();
  else addEventListener("DOMContentLoaded", begin);
}
