/** The visitor's side of the conversation: what the view shows, and what its buttons do. */

import { Connection } from "./connection";
import { Hearing } from "./hearing";
import { Memory } from "./memory";
import { type Configuration, type Conversation, type Customer, type MessageFrame, newId } from "./protocol";
import { Room } from "./room";
import { Sending } from "./sending";
import { initial, type Place, type State } from "./state";
import { isOver, remembered, unread } from "./thread";
import { Typist } from "./typist";
import { post } from "./web";

export class Chat {
  readonly memory: Memory;
  private readonly room: Room;
  private readonly connection: Connection;
  private readonly sending: Sending;
  private readonly hearing: Hearing;
  private readonly typist: Typist;

  constructor(
    readonly place: Place,
    readonly configuration: Configuration,
    memory?: Memory,
    socket?: (url: string) => WebSocket,
  ) {
    this.memory = memory ?? new Memory(`contact-hub-chat:${place.base}:${place.account}`);
    this.room = new Room(place, configuration, this.memory);
    this.connection = new Connection({
      url: this.room.url("ws").replace(/^http/, "ws"),
      hello: () => this.hearing.hello(),
      onFrame: (frame) => this.hearing.hear(frame),
      onLine: (line) => this.hearing.onLine(line),
      onForged: () => this.room.disown(),
      socket,
    });
    this.sending = new Sending(this.room, this.connection);
    this.hearing = new Hearing(this.room, this.sending, this.connection);
    this.typist = new Typist(configuration.live_typing, (frame) => this.connection.send(frame));
  }

  // --- watching -------------------------------------------------------------------------------------------------

  get state(): State {
    return this.room.state;
  }

  watch(listener: () => void): () => void {
    return this.room.watch(listener);
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
    if (this.memory.get("known") || this.sending.isWaiting) this.connection.start();
    addEventListener("online", () => this.connection.nudge());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") {
        this.connection.nudge();
        this.hearing.look();
      }
    });
  }

  show(shown: boolean): void {
    this.room.change({ shown });
    if (shown) {
      this.connection.start();
      this.hearing.look();
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
    this.sending.show(frame);
    this.room.change({ asked: false });
    this.memory.set({ known: true });
    this.sending.last(frame);
  }

  leaveMessage(text: string, answers: Record<string, string>): void {
    this.memory.set({ answers: { ...this.memory.get("answers"), ...answers }, known: true });
    this.room.change({ left: "sending" });
    this.sending.last({ type: "leave", id: newId(), text, answers, language: this.place.language });
  }

  answer(answers: Record<string, string>): void {
    this.memory.set({ answers: { ...this.memory.get("answers"), ...answers } });
    this.room.change({ form: [] });
  }

  retry(id: string): void {
    const entry = this.state.thread.entries.find((each) => each.id === id);
    if (!entry || this.sending.carryAgain(id)) return;
    this.sending.withdraw(id);
    this.say(entry.text);
  }

  discard(id: string): void {
    this.sending.discard(id);
  }

  type(text: string): void {
    if (!isOver(this.state.thread)) this.typist.typed(text);
  }

  attach(file: File): void {
    this.sending.attach(file);
  }

  end(): void {
    this.connection.send({ type: "end" });
  }

  newConversation(): void {
    this.room.change({ asked: true });
  }

  rate(stars: number, comment: string): void {
    this.sending.last({ type: "rating", id: newId(), stars, comment });
    this.skipRating();
  }

  skipRating(): void {
    const interaction = this.state.thread.standing?.interaction;
    if (interaction) this.memory.set({ rated: [...this.memory.get("rated"), interaction].slice(-50) });
    this.room.change({});
  }

  transcript(mailto: string): void {
    this.connection.send({ type: "transcript", mailto });
  }

  /** They want to be called; who waits in the chat keeps their place by that. */
  async callMe(number: string, at: string | null): Promise<void> {
    const body = { number, at, name: this.memory.get("answers").name ?? "", token: this.memory.get("token") ?? "" };
    try {
      await post(this.url("call"), JSON.stringify(body));
      this.room.notify("call", number);
    } catch {
      this.room.notify("call-failed", number);
    }
  }

  async remember(): Promise<void> {
    this.room.change({ history: "asked" });
    try {
      const answer = await post(this.url("history"), JSON.stringify({ token: this.memory.get("token") }));
      const conversations = (JSON.parse(answer) as { conversations: Conversation[] }).conversations;
      const thread = remembered(this.state.thread, conversations);
      const more = thread.entries.length > this.state.thread.entries.length;
      this.room.change({ thread, history: more ? "there" : "none" });
    } catch {
      this.room.change({ history: "unasked" });
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
    this.room.disown();
    this.memory.set({ answers: {} });
    this.room.change({ ...initial(this.state.open, false), shown: this.state.shown });
    if (this.state.shown) this.connection.start();
  }

  url(path: string): string {
    return this.room.url(path);
  }
}
