/** The line to the hub: one websocket for what is said about calls, one media session under it for the whole day. When it
 * is lost it comes back by itself, within ten seconds to the same calls. */

const KEPT = "sip.softphone.session";
const PAUSES_MS = [300, 600, 1200, 2500, 8000];
const SILENCE_MS = 4000;
/** Why the browser gives no microphone, as we say it. */
const REFUSED = { NotAllowedError: "DENIED", SecurityError: "DENIED", NotFoundError: "NO_MICROPHONE", NotReadableError: "NO_MICROPHONE" };
/** The hub's words after which a new session is tried. */
const AGAIN = new Set(["NO_SESSION", "TOO_OFTEN", "NOT_HEARD"]);

export class Line {
  /** OFF, CONNECTING, READY, LOST, DENIED, NO_MICROPHONE, INSECURE, ELSEWHERE */
  state = "OFF";
  #sound;
  #tell;
  #socket = null;
  #wanted = false;
  #tries = 0;
  #again;
  #silence;

  /** `tell` hears of every change here, and of every call: {leg, state, caller, auto, cause} or {leg, quality}; of a
   * session that is `anew`: its calls are not those from before. */
  constructor(sound, tell) {
    this.#sound = sound;
    this.#tell = tell;
  }

  /** Whether this page may have a microphone at all. */
  look() {
    this.#become(navigator.mediaDevices ? "OFF" : "INSECURE");
    return this.state === "OFF";
  }

  async open() {
    if (!this.look()) return;
    this.#wanted = true;
    this.#become("CONNECTING");
    try {
      await this.#sound.open();
    } catch (error) {
      this.#become(REFUSED[error.name] ?? "NO_MICROPHONE");
      return;
    }
    this.#tries = 0;
    if (this.#wanted) this.#connect();
    else this.#sound.close(); // turned off while the browser still asked
  }

  close() {
    this.#wanted = false;
    this.#wait();
    this.#drop();
    this.#sound.close();
    sessionStorage.removeItem(KEPT);
    this.#become("OFF");
  }

  /** What cannot be sent now is not sent later: a call is not answered a minute after it rang. */
  send(what) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(what));
  }

  #connect() {
    this.#drop();
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/p/sip/softphone`);
    this.#socket = socket;
    socket.onopen = () => this.#begin();
    socket.onmessage = ({ data }) => socket === this.#socket && this.#take(JSON.parse(data));
    socket.onclose = () => socket === this.#socket && this.#lost();
  }

  async #begin() {
    const sdp = await this.#sound.offer();
    const { connection } = this.#sound;
    connection.onconnectionstatechange = () => this.#watch(connection);
    this.send({ do: "session", sdp, resume: sessionStorage.getItem(KEPT) });
  }

  async #take(said) {
    if (said.error) return this.#wrong(said);
    if (said.leg) return this.#tell(said);
    if (!said.session) return;
    if (said.session !== sessionStorage.getItem(KEPT)) this.#tell({ anew: true });
    sessionStorage.setItem(KEPT, said.session);
    await this.#sound.answered(said.sdp);
  }

  /** Coming back to what another window has would only take it away there. */
  #wrong({ error }) {
    if (AGAIN.has(error)) this.#lost();
    if (error !== "REPLACED") return;
    this.#drop();
    this.#tell({ anew: true });
    this.#become("ELSEWHERE");
  }

  /** The network may be gone long before the socket knows. */
  #watch(connection) {
    if (!this.#socket || connection !== this.#sound.connection) return; // a new one is on its way
    clearTimeout(this.#silence);
    const { connectionState } = connection;
    if (connectionState === "connected") this.#ready();
    if (connectionState === "failed") this.#lost();
    if (connectionState === "disconnected") this.#silence = setTimeout(() => this.#lost(), SILENCE_MS);
  }

  #ready() {
    this.#tries = 0;
    this.#become("READY");
  }

  #lost() {
    this.#drop();
    this.#become("LOST");
    const pause = PAUSES_MS[Math.min(this.#tries++, PAUSES_MS.length - 1)];
    this.#wait(pause);
  }

  /** Before the next try; without `pause` there is none. */
  #wait(pause) {
    clearTimeout(this.#silence);
    clearTimeout(this.#again);
    if (pause) this.#again = setTimeout(() => this.#connect(), pause);
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #become(state) {
    this.state = state;
    this.#tell({});
  }
}
