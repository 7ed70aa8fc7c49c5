import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Chat } from "../chat";
import type { Language } from "../protocol";
import { fill, words as wordsOf } from "../texts";
import { Icon } from "./icons";
import { Panel } from "./Panel";
import { Here, useChanges } from "./use";

export function App({ chat, language }: { chat: Chat; language: Language }): JSX.Element {
  useChanges(chat);
  const words = wordsOf(language);
  const launcher = useRef<HTMLButtonElement>(null);
  const wasShown = useRef(false);
  const { shown } = chat.state;

  useEffect(() => {
    if (wasShown.current && !shown) launcher.current?.focus();
    wasShown.current = shown;
  }, [shown]);

  return (
    <Here.Provider value={{ chat, words, language }}>
      <div class={`stage ${chat.configuration.side}`} lang={language === "zh" ? "zh-CN" : "en"}>
        {shown && <Panel onClose={() => chat.show(false)} />}
        <Launcher chat={chat} words={words} launcher={launcher} />
      </div>
    </Here.Provider>
  );
}

interface LauncherProps {
  chat: Chat;
  words: ReturnType<typeof wordsOf>;
  launcher: { current: HTMLButtonElement | null };
}

function Launcher({ chat, words, launcher }: LauncherProps): JSX.Element {
  const { shown } = chat.state;
  const unread = shown ? 0 : chat.unread;
  const news = unread === 1 ? words.unreadOne : fill(words.unreadMany, { n: unread });
  const last = chat.state.thread.entries.filter((entry) => !entry.own).at(-1);
  return (
    <>
      {unread > 0 && last && (
        <button type="button" class="teaser" onClick={() => chat.show(true)} tabIndex={-1}>
          <b>{last.author || words.someone}</b>
          <span>{last.text || last.files[0]?.name}</span>
        </button>
      )}
      <button
        type="button"
        class={`launcher ${shown ? "shown" : ""}`}
        ref={launcher}
        data-testid="chat-launcher"
        aria-expanded={shown}
        aria-haspopup="dialog"
        aria-label={shown ? words.close : unread ? `${words.open} (${news})` : words.open}
        onClick={() => chat.show(!shown)}
      >
        <span class="glyph one">
          <Icon shape="chat" />
        </span>
        <span class="glyph two">
          <Icon shape="down" />
        </span>
        {unread > 0 && (
          <span class="badge" data-testid="chat-unread" aria-hidden="true">
            {unread > 9 ? "9+" : unread}
          </span>
        )}
      </button>
      <span class="aloud" role="status">
        {unread > 0 ? news : ""}
      </span>
    </>
  );
}
