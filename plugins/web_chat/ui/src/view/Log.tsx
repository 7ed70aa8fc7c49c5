import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { day, sameDay } from "../moments";
import { fill } from "../texts";
import type { Entry } from "../thread";
import { Icon } from "./icons";
import { Message } from "./Message";
import { useHere } from "./use";

const CLOSE_BY = 5 * 60_000;
const NEAR = 120;

export function Log(): JSX.Element {
  const { chat, words } = useHere();
  const { thread, typing, history } = chat.state;
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const mayRemember = chat.memory.get("known") && history === "unasked" && chat.state.line === "ready";

  useLayoutEffect(() => {
    if (list.current && atEnd.current) list.current.scrollTop = list.current.scrollHeight;
  }, [thread.entries, typing]);
  useEffect(() => onResize(list.current, () => atEnd.current), []);

  return (
    <div
      class="log"
      ref={list}
      onScroll={() => {
        const box = list.current;
        if (box) atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
      }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      role="log"
      aria-label={words.messages}
      aria-live="polite"
      aria-relevant="additions"
      data-testid="chat-log"
    >
      {mayRemember && (
        <button type="button" class="earlier" onClick={() => void chat.remember()} data-testid="chat-earlier">
          <Icon shape="history" />
          {words.earlier}
        </button>
      )}
      {history === "none" && <p class="divider">{words.noEarlier}</p>}
      {thread.entries.every((entry) => entry.own) && <Greeting />}
      {thread.entries.map((entry, index) => (
        <Row key={entry.id} entry={entry} before={thread.entries[index - 1]} after={thread.entries[index + 1]} />
      ))}
      {typing !== undefined && (
        <div class="typing" data-testid="chat-typing">
          <span class="dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <span class="aloud">{fill(words.typing, { name: typing || words.someone })}</span>
        </div>
      )}
    </div>
  );
}

function Row({ entry, before, after }: { entry: Entry; before?: Entry; after?: Entry }): JSX.Element {
  const { words, language } = useHere();
  const newDay = !before || !sameDay(before.at, entry.at);
  const newTalk =
    before && before.interaction !== entry.interaction && entry.interaction !== 0 && before.interaction !== 0;
  return (
    <>
      {newDay && <p class="divider">{day(entry.at, new Date(), language, words)}</p>}
      {newTalk && !newDay && <hr class="divider" />}
      <Message
        entry={entry}
        first={newDay || !together(before, entry)}
        last={!after || !together(entry, after)}
        newest={!after}
      />
    </>
  );
}

/** What the house says before anybody has said anything. */
function Greeting(): JSX.Element {
  const { chat, words, language } = useHere();
  const text = chat.configuration.greeting[language] || words.greeting;
  return (
    <div class="message theirs first last">
      <div class="bubble">{text}</div>
    </div>
  );
}

function together(one: Entry | undefined, other: Entry): boolean {
  if (!one || one.own !== other.own || one.author !== other.author || one.kind === "SYSTEM") return false;
  return one.interaction === other.interaction && Date.parse(other.at) - Date.parse(one.at) < CLOSE_BY;
}

/** A keyboard sliding in, or a growing composer, must not hide the newest message. */
function onResize(box: HTMLElement | null, follows: () => boolean): (() => void) | undefined {
  if (!box || typeof ResizeObserver === "undefined") return undefined;
  const watcher = new ResizeObserver(() => {
    if (follows()) box.scrollTop = box.scrollHeight;
  });
  watcher.observe(box);
  return () => watcher.disconnect();
}
