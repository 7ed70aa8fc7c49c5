import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { fill } from "../texts";
import { Icon } from "./icons";
import { useHere } from "./use";

/** The foot of a conversation that is over: rate it, or begin another. */
export function Ended(): JSX.Element {
  const { chat, words } = useHere();
  const [thanked, setThanked] = useState(false);
  const foot = useRef<HTMLDivElement>(null);
  useEffect(() => keepFocus(foot.current), [chat.mayRate]);
  if (chat.mayRate) return <Rating onDone={() => setThanked(true)} />;
  return (
    <div class="ended" ref={foot} tabIndex={-1} data-testid="chat-ended">
      <p>{thanked ? words.rateThanks : words.ended}</p>
      <button type="button" class="primary" onClick={() => chat.newConversation()} data-testid="chat-again">
        {words.newConversation}
      </button>
    </div>
  );
}

/** The composer that stood here may have had the focus: it goes to what took its place, never away from the page. */
function keepFocus(foot: HTMLElement | null): void {
  if (document.activeElement === document.body) foot?.focus({ preventScroll: true });
}

const STARS = [1, 2, 3, 4, 5];

function Rating({ onDone }: { onDone: () => void }): JSX.Element {
  const { chat, words } = useHere();
  const [stars, setStars] = useState(0);
  const [comment, setComment] = useState("");
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => keepFocus(form.current), []);

  return (
    <form
      class="rating"
      ref={form}
      tabIndex={-1}
      data-testid="chat-rating"
      onSubmit={(event) => {
        event.preventDefault();
        onDone();
        chat.rate(stars, comment.trim());
      }}
    >
      <fieldset>
        <legend>{words.rateTitle}</legend>
        <div class="stars">
          {STARS.map((count) => (
            <label key={count} class={count <= stars ? "lit" : ""} data-testid={`chat-star-${count}`}>
              <input
                type="radio"
                name="stars"
                class="aloud"
                checked={stars === count}
                onChange={() => setStars(count)}
              />
              <span class="aloud">{fill(words.rateStars, { n: count })}</span>
              <Icon shape="star" filled={count <= stars} />
            </label>
          ))}
        </div>
      </fieldset>
      {stars > 0 && (
        <textarea
          rows={2}
          maxLength={2000}
          value={comment}
          placeholder={words.rateComment}
          aria-label={words.rateComment}
          data-testid="chat-rating-comment"
          onInput={(event) => setComment(event.currentTarget.value)}
        />
      )}
      <div class="buttons">
        <button type="button" class="plain" onClick={() => chat.skipRating()}>
          {words.skip}
        </button>
        <button type="submit" class="primary" disabled={!stars} data-testid="chat-rate">
          {words.rateSend}
        </button>
      </div>
    </form>
  );
}
