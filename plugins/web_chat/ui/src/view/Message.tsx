import type { JSX } from "preact";
import { pieces, safe } from "../links";
import { clock, size } from "../moments";
import type { Card as CardData, FileLink } from "../protocol";
import { fill } from "../texts";
import { type Entry, isOver, type Progress } from "../thread";
import { Icon, type Shape } from "./icons";
import { useHere } from "./use";

interface Place {
  entry: Entry;
  first: boolean;
  last: boolean;
  newest: boolean;
}

export function Message({ entry, first, last, newest }: Place): JSX.Element {
  const { words } = useHere();
  if (entry.kind === "RATING") return <p class="divider">{fill(words.rated, { n: entry.stars ?? "" })}</p>;
  if (entry.kind === "SYSTEM") return <p class="divider">{entry.text}</p>;
  const side = entry.own ? "own" : "theirs";
  const author = entry.own ? words.you : entry.author || words.someone;
  return (
    <div class={`message ${side} ${first ? "first" : ""} ${last ? "last" : ""}`} data-testid={`chat-message-${side}`}>
      {first && !entry.own && entry.author ? (
        <span class="author">{entry.author}</span>
      ) : (
        <span class="aloud">{author}: </span>
      )}
      {entry.card ? <Card card={entry.card} text={entry.text} /> : entry.text && <Bubble text={entry.text} />}
      {entry.files.map((file) => (
        <File key={file.name} file={file} own={entry.own} />
      ))}
      {newest && !entry.own && entry.choices && <Choices entry={entry} />}
      {(last || entry.progress === "failed") && <Foot entry={entry} />}
    </div>
  );
}

function Bubble({ text }: { text: string }): JSX.Element {
  return (
    <div class="bubble">
      {pieces(text).map((piece) =>
        piece.href ? (
          <a href={piece.href} target="_blank" rel="noopener noreferrer nofollow">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
    </div>
  );
}

/** A page or link an agent gave. */
function Card({ card, text }: { card: CardData; text: string }): JSX.Element | null {
  const { words } = useHere();
  const href = safe(card.url, location.href);
  if (!href) return text ? <Bubble text={text} /> : null;
  const said = text.replace(card.url, "").trim();
  const newTab = card.mode === "link";
  return (
    <>
      {said && said !== card.title && <Bubble text={said} />}
      <a
        class="card"
        href={href}
        target={newTab ? "_blank" : "_self"}
        rel={newTab ? "noopener noreferrer" : "noopener"}
        data-testid="chat-card"
      >
        <strong>{card.title || new URL(href).hostname}</strong>
        {card.description && <span>{card.description}</span>}
        <em>
          <Icon shape="link" />
          {newTab ? words.openLink : words.openPage}
          <small>{new URL(href).hostname}</small>
        </em>
      </a>
    </>
  );
}

function File({ file, own }: { file: FileLink; own: boolean }): JSX.Element | null {
  const { chat, words } = useHere();
  const href = file.url && safe(file.url, chat.place.base);
  const label = fill(words.file, { name: file.name, size: size(file.size) });
  if (href && /^image\/(png|jpeg|gif|webp)$/.test(file.type)) {
    return (
      <a class="picture" href={href} target="_blank" rel="noopener noreferrer" aria-label={label}>
        <img src={href} alt={file.name} loading="lazy" />
      </a>
    );
  }
  return (
    <a
      class={`file ${own ? "own" : ""}`}
      href={href || undefined}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={label}
    >
      <Icon shape="file" />
      <span>
        <b>{file.name}</b>
        <small>{size(file.size)}</small>
      </span>
    </a>
  );
}

function Choices({ entry }: { entry: Entry }): JSX.Element | null {
  const { chat } = useHere();
  if (isOver(chat.state.thread)) return null;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset needs a legend, which the bubble above already is
    <div class="choices" role="group" aria-label={entry.text}>
      {entry.choices?.map((choice) => (
        <button
          type="button"
          key={choice.key}
          onClick={(event) => {
            // the button goes away with its question: the focus stays in the log, where the answer will stand
            event.currentTarget.closest<HTMLElement>("[role=log]")?.focus({ preventScroll: true });
            chat.say(choice.label, choice.key);
          }}
          data-testid="chat-choice"
        >
          {choice.label}
        </button>
      ))}
    </div>
  );
}

const MARKS: Record<Progress, Shape> = {
  sending: "clock",
  sent: "check",
  delivered: "check",
  read: "checks",
  failed: "warn",
};

function Foot({ entry }: { entry: Entry }): JSX.Element {
  const { chat, words, language } = useHere();
  if (entry.progress === "failed") {
    return (
      <span class="foot failed" role="alert">
        {reason(entry, words, chat.configuration.limits.text)}
        <button type="button" onClick={() => chat.retry(entry.id)}>
          {words.retry}
        </button>
        <button type="button" onClick={() => chat.discard(entry.id)}>
          {words.discard}
        </button>
      </span>
    );
  }
  return (
    <span class="foot">
      <time dateTime={entry.at}>{clock(entry.at, language)}</time>
      {entry.progress && (
        <span class={`mark ${entry.progress}`} data-testid="chat-progress" data-progress={entry.progress}>
          <Icon shape={MARKS[entry.progress]} />
          <span class="aloud">{words[entry.progress]}</span>
        </span>
      )}
    </span>
  );
}

function reason(entry: Entry, words: ReturnType<typeof useHere>["words"], most: number): string {
  if (entry.problem === "TOO_LARGE") return entry.files.length ? words.uploadFailed : fill(words.tooLong, { n: most });
  if (entry.problem === "NOT_ALLOWED") return words.badType;
  return entry.files.length ? words.uploadFailed : words.failed;
}
