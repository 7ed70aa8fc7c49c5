import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { isOver } from "../thread";
import { Icon } from "./icons";
import { useHere } from "./use";

type Asking = "transcript" | "call" | "end";

/** What is seldom needed: a call, a transcript, the end. */
export function Menu(): JSX.Element | null {
  const { chat, words } = useHere();
  const [open, setOpen] = useState(false);
  const [asking, setAsking] = useState<Asking>();
  const menu = useRef<HTMLDivElement>(null);
  const toggle = useRef<HTMLButtonElement>(null);
  const over = isOver(chat.state.thread);
  const spoken = chat.state.thread.entries.some((entry) => !entry.own);
  const mails = chat.configuration.transcript && spoken && chat.state.line === "ready";
  // outside hours only a message was left: to end that would be to take it back
  const ends = !over && (chat.state.open || Boolean(chat.state.thread.standing?.agent));
  useEffect(() => (open ? away(menu.current, () => setOpen(false)) : undefined), [open]);
  const calls = chat.configuration.call_me;
  if (!mails && !ends && !calls) return null;

  /** Whoever came by keyboard must not be left nowhere. */
  function back(): void {
    setOpen(false);
    setAsking(undefined);
    toggle.current?.focus();
  }

  function choose(what: Asking): void {
    setOpen(false);
    setAsking(what);
  }

  return (
    <div class="menu" ref={menu}>
      <button
        type="button"
        class="tool"
        ref={toggle}
        aria-label={words.menu}
        aria-expanded={open}
        aria-haspopup="menu"
        data-testid="chat-menu"
        onClick={() => setOpen(!open)}
      >
        <Icon shape="more" />
      </button>
      {open && (
        <div class="sheet" role="menu" onKeyDown={(event) => step(event, menu.current, back)}>
          {calls && (
            <button type="button" role="menuitem" onClick={() => choose("call")} data-testid="chat-call-me">
              <Icon shape="phone" />
              {words.callMe}
            </button>
          )}
          {mails && (
            <button type="button" role="menuitem" onClick={() => choose("transcript")} data-testid="chat-transcript">
              <Icon shape="mail" />
              {words.transcript}
            </button>
          )}
          {ends && (
            <button type="button" role="menuitem" onClick={() => choose("end")} data-testid="chat-end">
              <Icon shape="close" />
              {words.end}
            </button>
          )}
        </div>
      )}
      {asking && <Question asking={asking} done={back} />}
    </div>
  );
}

function Question({ asking, done }: { asking: Asking; done: () => void }): JSX.Element {
  const { chat, words } = useHere();
  const [tel, setTel] = useState(chat.memory.get("answers").tel ?? "");
  const [when, setWhen] = useState("");
  const [mailto, setMailto] = useState(chat.memory.get("answers").mailto ?? "");
  const first = useRef<HTMLElement>(null);
  useEffect(() => first.current?.focus(), []);

  function submit(event: Event): void {
    event.preventDefault();
    if (asking === "end") chat.end();
    else if (asking === "call") void chat.callMe(tel.trim(), when ? new Date(when).toISOString() : null);
    else chat.transcript(mailto.trim());
    done();
  }

  return (
    <form class="question" onSubmit={submit} onKeyDown={(event) => event.key === "Escape" && leave(event, done)}>
      {asking === "call" && (
        <>
          <label>
            {words.callNumber}
            <input
              ref={first as { current: HTMLInputElement | null }}
              type="tel"
              required
              autocomplete="tel"
              value={tel}
              onInput={(event) => setTel(event.currentTarget.value)}
              data-testid="chat-call-number"
            />
          </label>
          <label>
            {words.callWhen}
            <input type="datetime-local" value={when} onInput={(event) => setWhen(event.currentTarget.value)} />
          </label>
        </>
      )}
      {asking === "transcript" && (
        <label>
          {words.transcriptTo}
          <input
            ref={first as { current: HTMLInputElement | null }}
            type="email"
            required
            autocomplete="email"
            value={mailto}
            onInput={(event) => setMailto(event.currentTarget.value)}
            data-testid="chat-transcript-mailto"
          />
        </label>
      )}
      {asking === "end" && <p>{words.endSure}</p>}
      <div class="buttons">
        <button type="button" class="plain" onClick={done}>
          {words.cancel}
        </button>
        <button
          type="submit"
          class="primary"
          ref={asking === "end" ? (first as { current: HTMLButtonElement | null }) : undefined}
          data-testid="chat-confirm"
        >
          {{ end: words.end, call: words.callMe, transcript: words.send }[asking]}
        </button>
      </div>
    </form>
  );
}

function leave(event: KeyboardEvent, done: () => void): void {
  event.stopPropagation();
  done();
}

/** Arrow keys move in the menu, Escape leaves it. */
function step(event: KeyboardEvent, menu: HTMLElement | null, close: () => void): void {
  if (!menu) return;
  const items = Array.from(menu.querySelectorAll<HTMLElement>("[role=menuitem]"));
  const here = items.indexOf((menu.getRootNode() as ShadowRoot).activeElement as HTMLElement);
  if (event.key === "Escape") leave(event, close);
  if (event.key === "ArrowDown") items[(here + 1) % items.length]?.focus();
  if (event.key === "ArrowUp") items[(here - 1 + items.length) % items.length]?.focus();
}

/** Focus its first entry; a press anywhere else closes it. */
function away(menu: HTMLElement | null, close: () => void): () => void {
  menu?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
  const pressed = (event: Event) => {
    if (menu && !event.composedPath().includes(menu)) close();
  };
  document.addEventListener("pointerdown", pressed);
  return () => document.removeEventListener("pointerdown", pressed);
}
