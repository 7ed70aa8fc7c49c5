/** The visitor's side of the conversation: what the view shows, and what its buttons do. */

import { Connection, type Line } from "./connection";
import { Memory } from "./memory";
import { Outbox } from "./outbox";
import {
  type ClientFrame,
  type Configuration,
  type Conversation,
  type Customer,
  type Lasting,
  type MessageFrame,
  newId,
  type RatingFrame,
  type ServerFrame,
  VERSION,
} from "./protocol";
import { initial, type Notice, type Place, type State } from "./state";
import {
  isOver,
  owedReceipts,
  type Progress,
  progressed,
  readByAgent,
  received,
  remembered,
  said,
  stands,
  type Thread,
  unread,
  withdrawn,
} from "./thread";
import { Typist } from "./typist";
import { kindTaken, post, send } from "./web";

const TYPING_FADES = 6_000;
const NOTICE_FADES = 6_000;

export class Chat {
  state: State;
  readonly memory: Memory;
  private readonly outbox: Outbox;
  private readonly connection: Connection;
  private readonly typist: Typist;
  private readonly told = new Set<string>();
  private readonly listeners = new Set<() => void>();
  private readonly files = new Map<string, File>();
  private introduced = false;
  private fade?: ReturnType<typeof setTimeout>;
  private fadeNotice?: ReturnType<typeof setTimeout>;

  constructor(
    readonly place: Place,
    readonly configuration: Configuration,
    memory?: Memory,
    socket?: (url: string) => WebSocket,
  ) {
    this.memory = memory ?? new Memory(`contact-hub-chat:${place.base}:${place.account}`);
    this.outbox = new Outbox(this.memory);
    this.state = initial(configuration.open, this.memory.get("known"));
    this.connection = new Connection({
      url: `${place.base.replace(/^http/, "ws")}/c/web_chat/${encodeURIComponent(place.account)}/ws`,
      hello: () => this.hello(),
      onFrame: (frame) => this.hear(frame),
      onLine: (line) => this.onLine(line),
      onForged: () => this.disown(),
      socket,
    });
    this.typist = new Typist(configuration.live_typing, (frame) => this.connection.send(frame));
    for (const frame of this.outbox.waiting) {
      if (frame.type === "message") this.change({ thread: said(this.state.thread, frame, new Date().toISOString()) });
    }
  }

  // --- watching -------------------------------------------------------------------------------------------------

  watch(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get unread(): number {
    return unread(this.state.thread, this.memory.get("seen"));
  }

  /** The questions still to be asked before a message begins a conversation. */
  get questions() {
    const kept = this.memory.get("answers");
    const vouched = this.place.customer;
    return this.configuration.form.filter(
      (question) =>
        !(vouched && (question.kind === "name" || question.kind === "mailto")) &&
        (!(question.name in kept) || this.state.form.includes(question.name)),
    );
  }

  get mayRate(): boolean {
    const { standing, entries } = this.state.thread;
    if (!this.configuration.rating || !standing?.over || standing.state !== "CLOSED") return false;
    const answered = entries.some((each) => !each.own && each.interaction === standing.interaction && each.author);
    return answered && !this.memory.get("rated").includes(standing.interaction);
  }

  // --- what the visitor does ------------------------------------------------------------------------------------

  /** Somebody who was here before gets their messages without opening anything. */
  begin(): void {
    if (this.memory.get("known") || this.outbox.waiting.length) this.connection.start();
    addEventListener("online", () => this.connection.nudge());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") {
        this.connection.nudge();
        this.look();
      }
    });
  }

  show(shown: boolean): void {
    this.change({ shown });
    if (shown) {
      this.connection.start();
      this.look();
    }
  }

  say(text: string, choice?: string): void {
    const frame: MessageFrame = {
      type: "message",
      id: newId(),
      text,
      choice,
      answers: isOver(this.state.thread) ? this.memory.get("answers") : undefined,
      page: isOver(this.state.thread)
        ? { url: location.href.slice(0, 2000), title: document.title.slice(0, 400) }
        : undefined,
      language: this.place.language,
    };
    this.typist.stop();
    this.change({ thread: said(this.state.thread, frame, new Date().toISOString()), asked: false });
    this.memory.set({ known: true });
    this.last(frame);
  }

  leaveMessage(text: string, answers: Record<string, string>): void {
    this.memory.set({ answers: { ...this.memory.get("answers"), ...answers }, known: true });
    this.change({ left: "sending" });
    this.last({ type: "leave", id: newId(), text, answers, language: this.place.language });
  }

  answer(answers: Record<string, string>): void {
    this.memory.set({ answers: { ...this.memory.get("answers"), ...answers } });
    this.change({ form: [] });
  }

  retry(id: string): void {
    const entry = this.state.thread.entries.find((each) => each.id === id);
    const file = this.files.get(id);
    if (!entry) return;
    if (file) this.carry(id, file);
    else {
      this.change({ thread: withdrawn(this.state.thread, id) });
      this.say(entry.text);
    }
  }

  discard(id: string): void {
    this.files.delete(id);
    this.outbox.remove(id);
    this.change({ thread: withdrawn(this.state.thread, id) });
  }

  type(text: string): void {
    if (!isOver(this.state.thread)) this.typist.typed(text);
  }

  attach(file: File): void {
    const limits = this.configuration.limits;
    if (file.size > limits.upload_bytes) return this.notify("too-large", String(limits.upload_bytes));
    if (!kindTaken(file.type, limits.upload_types)) return this.notify("bad-type", file.name);
    const id = newId();
    this.files.set(id, file);
    this.memory.set({ known: true });
    this.carry(id, file);
  }

  end(): void {
    this.connection.send({ type: "end" });
  }

  newConversation(): void {
    this.change({ asked: true });
  }

  rate(stars: number, comment: string): void {
    const frame: RatingFrame = { type: "rating", id: newId(), stars, comment };
    this.last(frame);
    this.skipRating();
  }

  skipRating(): void {
    const interaction = this.state.thread.standing?.interaction;
    if (interaction) this.memory.set({ rated: [...this.memory.get("rated"), interaction].slice(-50) });
    this.change({});
  }

  transcript(mailto: string): void {
    this.connection.send({ type: "transcript", mailto });
  }

  /** They want to be called; who waits in the chat keeps their place by that. */
  async callMe(number: string, at: string | null): Promise<void> {
    const body = { number, at, name: this.memory.get("answers").name ?? "", token: this.memory.get("token") ?? "" };
    try {
      await post(this.url("call"), JSON.stringify(body));
      this.notify("call", number);
    } catch {
      this.notify("call-failed", number);
    }
  }

  async remember(): Promise<void> {
    this.change({ history: "asked" });
    try {
      const answer = await post(this.url("history"), JSON.stringify({ token: this.memory.get("token") }));
      const conversations = (JSON.parse(answer) as { conversations: Conversation[] }).conversations;
      const thread = remembered(this.state.thread, conversations);
      const more = thread.entries.length > this.state.thread.entries.length;
      this.change({ thread, history: more ? "there" : "none" });
    } catch {
      this.change({ history: "unasked" });
    }
  }

  /** The shop says who this is: from now on that customer, with the conversation they already have. */
  identify(customer: Customer): void {
    this.forget();
    this.place.customer = customer;
    this.memory.set({ known: true });
    this.connection.start();
  }

  /** Somebody logs out of the shop: nothing of theirs stays on this device. */
  forget(): void {
    this.connection.stop();
    this.disown();
    this.memory.set({ answers: {} });
    this.change({ ...initial(this.state.open, false), shown: this.state.shown });
    if (this.state.shown) this.connection.start();
  }

  url(path: string): string {
    return `${this.place.base}/c/web_chat/${encodeURIComponent(this.place.account)}/${path}`;
  }

  private disown(): void {
    this.introduced = false;
    this.place.customer = undefined;
    this.memory.forget();
  }

  // --- what the hub says ----------------------------------------------------------------------------------------

  private hello(): ClientFrame {
    const token = this.memory.get("token") || undefined;
    const language = this.place.language;
    // once we are in, the token says who we are: a signature grows old with the page
    const customer = this.introduced ? undefined : this.place.customer;
    return { type: "hello", version: VERSION, token, customer, since: this.state.thread.cursor, language };
  }

  private hear(frame: ServerFrame): void {
    const { thread } = this.state;
    switch (frame.type) {
      case "welcome":
        this.introduced = true;
        this.memory.set({ token: frame.token });
        return this.change({ open: frame.open });
      case "ready":
        for (const waiting of this.outbox.waiting) this.connection.send(waiting);
        return this.look();
      case "messages":
        this.change({
          thread: received(thread, frame.interaction, frame.items),
          typing: this.stillTyping(frame.items),
        });
        return this.look();
      case "state":
        return this.change({ thread: stands(thread, frame) });
      case "ack":
        return this.acknowledged(frame.id);
      case "error":
        return this.refused(frame.code, frame.detail, frame.id, frame.retry_after);
      case "typing":
        return this.theyType(frame.typing ? (frame.name ?? "") : undefined);
      case "read":
        return this.change({ thread: readByAgent(thread, frame.interaction) });
      case "transcript":
        return this.notify("transcript", frame.mailto);
    }
  }

  private acknowledged(id: string): void {
    const frame = this.outbox.find(id);
    this.outbox.remove(id);
    if (frame?.type === "leave") this.change({ left: "done" });
    this.advance(id, "sent");
  }

  private refused(code: string, detail: string, id?: string, retryAfter?: number): void {
    const frame = this.outbox.find(id);
    if (frame && retryAfter !== undefined) {
      if (code === "RATE_LIMITED") this.notify("wait", "");
      setTimeout(() => this.connection.send(frame), retryAfter * 1000 + 100);
      return;
    }
    if (frame) this.outbox.remove(frame.id);
    if (id && code === "FORM_REQUIRED") {
      this.change({ thread: withdrawn(this.state.thread, id), form: detail.split(", ") });
    } else if (id) this.advance(id, "failed", code);
    else if (code === "NOT_ALLOWED" || code === "RATE_LIMITED") this.notify("transcript-failed", "");
  }

  /** Say what has arrived, and what has been seen. */
  private look(): void {
    const { thread, shown } = this.state;
    this.receipts("DELIVERED", thread);
    if (!shown || document.visibilityState !== "visible") return;
    this.receipts("READ", thread);
    if (thread.cursor) this.memory.set({ seen: thread.cursor });
    this.change({});
  }

  private receipts(state: "DELIVERED" | "READ", thread: Thread): void {
    const ids = owedReceipts(thread, state, this.told).slice(-200);
    if (ids.length && this.connection.send({ type: "receipt", state, ids })) {
      for (const id of ids) this.told.add(`${state}:${id}`);
    }
  }

  private onLine(line: Line): void {
    if (line !== "ready") this.told.clear();
    this.change({ line, typing: undefined });
  }

  private theyType(typing: string | undefined): void {
    clearTimeout(this.fade);
    if (typing !== undefined) this.fade = setTimeout(() => this.change({ typing: undefined }), TYPING_FADES);
    this.change({ typing });
  }

  private stillTyping(items: { own: boolean }[]): string | undefined {
    return items.some((item) => !item.own) ? undefined : this.state.typing;
  }

  private notify(kind: Notice["kind"], detail: string): void {
    clearTimeout(this.fadeNotice);
    this.fadeNotice = setTimeout(() => this.change({ notice: undefined }), NOTICE_FADES);
    this.change({ notice: { kind, detail } });
  }

  // --- sending --------------------------------------------------------------------------------------------------

  /** Keep it until it is acknowledged, and send it now if there is a line. */
  private last(frame: Lasting): void {
    this.outbox.add(frame);
    if (!this.connection.send(frame)) this.connection.start();
  }

  private carry(id: string, file: File): void {
    const link = { name: file.name, type: file.type, size: file.size, url: "" };
    const frame: MessageFrame = { type: "message", id, text: "" };
    this.change({ thread: said(this.state.thread, frame, new Date().toISOString(), [link]) });
    send(this.url("upload"), { token: this.memory.get("token"), id }, file)
      .then(() => {
        this.files.delete(id);
        this.advance(id, "sent");
      })
      .catch((error: Error) => this.advance(id, "failed", error.message));
  }

  private advance(id: string, progress: Progress, problem?: string): void {
    this.change({ thread: progressed(this.state.thread, id, progress, problem) });
  }

  private change(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}
