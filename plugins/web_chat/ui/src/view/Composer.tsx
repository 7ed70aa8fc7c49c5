import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./icons";
import { useHere } from "./use";

export function Composer(): JSX.Element {
  const { chat, words } = useHere();
  const [text, setText] = useState("");
  const [hovering, setHovering] = useState(false);
  const box = useRef<HTMLTextAreaElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const limits = chat.configuration.limits;

  useEffect(() => box.current?.focus(), []);
  useEffect(() => grow(box.current), [text]);

  function say(): void {
    const said = text.trim();
    if (!said) return;
    chat.say(said);
    setText("");
    box.current?.focus();
  }

  function take(files: Iterable<File> | null | undefined): boolean {
    const taken = Array.from(files ?? []).slice(0, 5);
    for (const file of taken) chat.attach(file);
    return taken.length > 0;
  }

  return (
    <form
      class={`composer ${hovering ? "hovering" : ""}`}
      onSubmit={(event) => {
        event.preventDefault();
        say();
      }}
      onDragOver={(event) => {
        event.preventDefault();
        setHovering(limits.upload_bytes > 0);
      }}
      onDragLeave={() => setHovering(false)}
      onDrop={(event) => {
        event.preventDefault();
        setHovering(false);
        take(event.dataTransfer?.files);
      }}
    >
      <textarea
        ref={box}
        rows={1}
        value={text}
        maxLength={limits.text}
        placeholder={hovering ? words.drop : words.write}
        aria-label={words.write}
        enterkeyhint="send"
        data-testid="chat-input"
        onInput={(event) => {
          setText(event.currentTarget.value);
          chat.type(event.currentTarget.value);
        }}
        onPaste={(event) => take(event.clipboardData?.files) && event.preventDefault()}
        onKeyDown={(event) => {
          // 229: some browsers report the Enter that ends a composition (pinyin) as an ordinary one
          if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
          event.preventDefault();
          say();
        }}
      />
      {limits.upload_bytes > 0 && (
        <>
          <button
            type="button"
            class="tool"
            aria-label={words.attach}
            onClick={() => picker.current?.click()}
            data-testid="chat-attach"
          >
            <Icon shape="clip" />
          </button>
          <input
            type="file"
            hidden
            ref={picker}
            accept={limits.upload_types.filter((kind) => !kind.endsWith(".*")).join(",")}
            data-testid="chat-file"
            onChange={(event) => {
              take(event.currentTarget.files);
              event.currentTarget.value = "";
            }}
          />
        </>
      )}
      <button type="submit" class="send" aria-label={words.send} disabled={!text.trim()} data-testid="chat-send">
        <Icon shape="send" />
      </button>
    </form>
  );
}

function grow(box: HTMLTextAreaElement | null): void {
  if (!box) return;
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 132)}px`;
}
