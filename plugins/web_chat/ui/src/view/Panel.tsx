import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Chat } from "../chat";
import type { Standing } from "../protocol";
import { fill, type Words } from "../texts";
import { isOver } from "../thread";
import { Composer } from "./Composer";
import { Ended } from "./Ended";
import { LeaveForm, StartForm } from "./Forms";
import { Icon } from "./icons";
import { Log } from "./Log";
import { Menu } from "./Menu";
import { useHere } from "./use";

const PHONE = "(max-width: 480px), (max-height: 420px)";
const FOCUSABLE = "button:not([disabled]), textarea, input, select, a[href]";

export function Panel({ onClose }: { onClose: () => void }): JSX.Element {
  const { chat, words, language } = useHere();
  const panel = useRef<HTMLDivElement>(null);
  const title = chat.configuration.title[language] || words.title;

  useEffect(() => focusFirst(panel.current), []);
  useEffect(holdPageStill, []);

  return (
    <div
      class="panel"
      role="dialog"
      aria-label={title}
      aria-modal={matchMedia(PHONE).matches}
      ref={panel}
      data-testid="chat-panel"
      onKeyDown={(event) => onKey(event, panel.current, onClose)}
    >
      <header>
        <Face chat={chat} />
        <div class="who">
          <h2>{title}</h2>
          <p role="status" data-testid="chat-status">
            <i class={dot(chat)} />
            {status(chat, words)}
          </p>
        </div>
        <Menu />
        <button type="button" class="tool" onClick={onClose} aria-label={words.close} data-testid="chat-close">
          <Icon shape="close" />
        </button>
      </header>
      <Banner />
      <Body />
    </div>
  );
}

function Body(): JSX.Element {
  const { chat, words } = useHere();
  const { line, open, thread, asked, left } = chat.state;
  const over = isOver(thread);
  const arriving = chat.memory.get("known") && !thread.standing && (line === "connecting" || line === "idle");
  if (line === "shut") return <p class="nothing">{words.shut}</p>;
  const leaves = left ? !thread.standing?.agent : over && !arriving && (asked || !thread.standing);
  if (!open && leaves) return <LeaveForm />;
  const waiting = thread.entries.some((entry) => entry.progress === "sending" || entry.progress === "sent");
  const begins = over && !arriving && !waiting && (asked || !thread.standing);
  if (begins && chat.questions.length) return <StartForm />;
  return (
    <>
      <Log />
      {thread.standing?.over && !asked && !waiting ? <Ended /> : <Composer />}
    </>
  );
}

function Banner(): JSX.Element | null {
  const { chat, words } = useHere();
  const { line, notice } = chat.state;
  if (line === "lost") {
    return (
      <div class="banner warn" role="alert" data-testid="chat-banner">
        {words.reconnecting}
      </div>
    );
  }
  if (!notice) return null;
  const text = {
    transcript: fill(words.transcriptSent, { mailto: notice.detail }),
    "transcript-failed": words.transcriptNo,
    call: fill(words.called, { tel: notice.detail }),
    "call-failed": words.callNo,
    wait: words.rateLimited,
    "too-large": fill(words.tooLarge, { size: `${Math.round(Number(notice.detail) / 1_000_000)} MB` }),
    "bad-type": words.badType,
  }[notice.kind];
  return (
    <div
      class={`banner ${notice.kind === "transcript" || notice.kind === "call" ? "good" : "warn"}`}
      role="alert"
      data-testid="chat-banner"
    >
      {text}
    </div>
  );
}

function Face({ chat }: { chat: Chat }): JSX.Element {
  const agent = chat.state.thread.standing?.over ? "" : (chat.state.thread.standing?.agent ?? "");
  return <span class="face">{agent ? initial(agent) : <Icon shape="chat" />}</span>;
}

/** The one sentence that says how things stand. */
export function status(chat: Chat, words: Words): string {
  const { line, open, thread } = chat.state;
  const standing = thread.standing;
  if (line === "connecting") return words.connecting;
  if (standing && !standing.over) {
    if (standing.agent) return fill(words.withAgent, { name: standing.agent });
    if (!open) return words.offline;
    if (standing.ahead === 0) return withWait(words.queueNext, standing, words);
    if (standing.ahead) return withWait(fill(words.queueAhead, { n: standing.ahead }), standing, words);
    if (standing.state === "INITIATED" || standing.state === "QUEUED") return words.searching;
  }
  return open ? words.online : words.offline;
}

/** Adds how long it may take; a wait that nobody would want to hear of is left out. */
function withWait(said: string, standing: Standing, words: Words): string {
  const wait = standing.wait;
  if (!wait || wait.high === null) return said;
  const minutes = { low: wait.low / 60, high: wait.high / 60 };
  return said + words.comma + (wait.low ? fill(words.waitRange, minutes) : words.waitShort);
}

function dot(chat: Chat): string {
  const { line, open, thread } = chat.state;
  if (line === "lost" || line === "connecting") return "dot wait";
  if (open && thread.standing && !thread.standing.over && !thread.standing.agent) return "dot wait";
  return open ? "dot on" : "dot";
}

export function initial(name: string): string {
  return Array.from(name.trim())[0]?.toUpperCase() ?? "";
}

function focusFirst(panel: HTMLElement | null): void {
  panel?.querySelector<HTMLElement>("form input, form select, textarea")?.focus();
}

/** On a phone the panel is the page: what lies under it must not scroll. */
function holdPageStill(): (() => void) | undefined {
  if (!matchMedia(PHONE).matches) return undefined;
  const before = document.documentElement.style.overflow;
  document.documentElement.style.overflow = "hidden";
  return () => {
    document.documentElement.style.overflow = before;
  };
}

function onKey(event: KeyboardEvent, panel: HTMLElement | null, onClose: () => void): void {
  if (event.key === "Escape" && !event.isComposing) {
    event.stopPropagation();
    onClose();
  }
  if (event.key === "Tab" && panel && matchMedia(PHONE).matches) turnAround(event, panel);
}

function turnAround(event: KeyboardEvent, panel: HTMLElement): void {
  const stops = Array.from(panel.querySelectorAll<HTMLElement>(FOCUSABLE));
  const here = (panel.getRootNode() as ShadowRoot).activeElement;
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (here !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
}
