import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Complaint, complaint, leaveQuestions } from "../answers";
import type { Question } from "../protocol";
import { fill, type Words } from "../texts";
import { Icon } from "./icons";
import { useHere } from "./use";

/** The questions before a chat, and the first thing to say. */
export function StartForm(): JSX.Element {
  const { chat, words, language } = useHere();
  return (
    <Asking
      intro={chat.configuration.greeting[language] || words.greeting}
      questions={chat.questions}
      textLabel={words.question}
      button={words.start}
      onDone={(answers, text) => {
        chat.answer(answers);
        chat.say(text);
      }}
    />
  );
}

/** Nobody is there: what is written now becomes a ticket. */
export function LeaveForm(): JSX.Element {
  const { chat, words, language } = useHere();
  const [again, setAgain] = useState(false);
  const { left, thread } = chat.state;
  if (left === "done" && !again) {
    return (
      <div class="done" role="status" data-testid="chat-left">
        <span class="tick">
          <Icon shape="check" />
        </span>
        <p>{words.leaveDone}</p>
        {thread.standing?.serial && (
          <p class="serial">{fill(words.serial, { serial: grouped(thread.standing.serial) })}</p>
        )}
        <button type="button" class="plain" onClick={() => setAgain(true)}>
          {words.another}
        </button>
      </div>
    );
  }
  return (
    <Asking
      title={words.leaveTitle}
      intro={chat.configuration.away_notice[language] || words.awayNotice}
      questions={leaveQuestions(chat.configuration.form)}
      textLabel={words.leaveText}
      button={words.leave}
      busy={left === "sending"}
      onDone={(answers, text) => {
        setAgain(false);
        chat.leaveMessage(text, answers);
      }}
    />
  );
}

interface AskingProps {
  title?: string;
  intro: string;
  questions: Question[];
  textLabel: string;
  button: string;
  busy?: boolean;
  onDone: (answers: Record<string, string>, text: string) => void;
}

function Asking({ title, intro, questions, textLabel, button, busy, onDone }: AskingProps): JSX.Element {
  const { chat, words } = useHere();
  const [answers, setAnswers] = useState<Record<string, string>>(() => ({ ...chat.memory.get("answers") }));
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLElement>("input, select, textarea")?.focus(), []);

  function submit(event: Event): void {
    event.preventDefault();
    setTried(true);
    const wrong = questions.some((question) => complaint(question, answers[question.name] ?? ""));
    if (wrong || !text.trim()) {
      setTimeout(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
      return;
    }
    onDone(only(questions, answers), text.trim());
  }

  return (
    <form class="asking" onSubmit={submit} noValidate ref={form} data-testid="chat-form">
      {title && <h3>{title}</h3>}
      <p class="intro">{intro}</p>
      {questions.map((question) => (
        <Field
          key={question.name}
          question={question}
          value={answers[question.name] ?? ""}
          wrong={tried ? complaint(question, answers[question.name] ?? "") : undefined}
          onChange={(value) => setAnswers({ ...answers, [question.name]: value })}
        />
      ))}
      <label class="field">
        <span>{textLabel}</span>
        <textarea
          rows={3}
          value={text}
          maxLength={chat.configuration.limits.text}
          aria-invalid={tried && !text.trim()}
          aria-describedby="wrong-text"
          data-testid="chat-form-text"
          onInput={(event) => setText(event.currentTarget.value)}
        />
        {tried && !text.trim() && <Wrong id="wrong-text" text={words.required} />}
      </label>
      <button type="submit" class="primary wide" disabled={busy} data-testid="chat-form-send">
        {button}
      </button>
    </form>
  );
}

interface FieldProps {
  question: Question;
  value: string;
  wrong?: Complaint;
  onChange: (value: string) => void;
}

const TYPES = { name: "text", tel: "tel", mailto: "email", text: "text", choice: "text" };
const FILLS = { name: "name", tel: "tel", mailto: "email", text: "off", choice: "off" } as const;

function Field({ question, value, wrong, onChange }: FieldProps): JSX.Element {
  const { words, language } = useHere();
  const id = `wrong-${question.name}`;
  const shared = {
    "aria-invalid": Boolean(wrong),
    "aria-describedby": id,
    "aria-required": question.required,
    "data-testid": `chat-form-${question.name}`,
    value,
  };
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is one of the two below
    <label class="field">
      <span>
        {label(question, words, language)}
        {!question.required && <small> {words.optional}</small>}
      </span>
      {question.kind === "choice" ? (
        <select {...shared} onChange={(event) => onChange(event.currentTarget.value)}>
          <option value="">{words.choose}</option>
          {question.choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <input
          {...shared}
          type={TYPES[question.kind]}
          autocomplete={FILLS[question.kind]}
          maxLength={400}
          onInput={(event) => onChange(event.currentTarget.value)}
        />
      )}
      {wrong && <Wrong id={id} text={{ required: words.required, mailto: words.badMail, tel: words.badTel }[wrong]} />}
    </label>
  );
}

function Wrong({ id, text }: { id: string; text: string }): JSX.Element {
  return (
    <span class="wrong" id={id} role="alert">
      {text}
    </span>
  );
}

function label(question: Question, words: Words, language: "en" | "zh"): string {
  const own = { name: words.name, tel: words.tel, mailto: words.mailto, text: question.name, choice: question.name };
  return question.label[language] || own[question.kind];
}

function only(questions: Question[], answers: Record<string, string>): Record<string, string> {
  const said = questions.map((question) => [question.name, (answers[question.name] ?? "").trim()] as const);
  return Object.fromEntries(said);
}

/** As it is read aloud, and as mails name it: 4821-9035-6. */
function grouped(serial: string): string {
  return serial.replace(/^(\d{4})(\d{4})(\d)$/, "$1-$2-$3");
}
