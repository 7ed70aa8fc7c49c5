/** What is said and heard: the microphone, the one connection that stands all day, and how loud each side is. */

const GATHERING_MS = 2000;
const FLOOR_DB = -55;

export class Sound {
  #choices;
  #microphone = null;
  #heard = new Audio();
  #context = null;
  #meters = {};
  #muted = false;
  #samples = new Float32Array(512);
  connection = null;

  constructor(choices) {
    this.#choices = choices;
    this.#heard.autoplay = true;
  }

  /** Opens the microphone; asks for it the first time. Rejects with what the browser says (NotAllowedError, …). */
  async open() {
    const id = this.#choices.device("microphone");
    const wanted = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    const exact = id ? { ...wanted, deviceId: { ideal: id } } : wanted;
    const before = this.#microphone;
    this.#microphone = await navigator.mediaDevices.getUserMedia({ audio: exact });
    this.#microphone.getAudioTracks()[0].onended = () => void this.open().catch(() => undefined); // it was unplugged
    for (const track of before?.getTracks() ?? []) track.stop();
    this.mute(this.#muted);
    await this.#send();
    this.#watch("outward", this.#microphone);
  }

  /** A new connection; returns what it offers, with every way to reach us in it. */
  async offer() {
    this.connection?.close();
    const made = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.connection = made;
    made.ontrack = ({ track }) => this.#hear(new MediaStream([track]));
    const [track] = this.#microphone.getAudioTracks();
    made.addTrack(track, this.#microphone);
    await made.setLocalDescription(await made.createOffer());
    await gathered(made);
    return made.localDescription.sdp;
  }

  /** Of an offer that has been given up meanwhile nothing comes. */
  async answered(sdp) {
    if (this.connection?.signalingState === "have-local-offer") await this.connection.setRemoteDescription({ type: "answer", sdp });
  }

  mute(on) {
    this.#muted = on;
    for (const track of this.#microphone?.getAudioTracks() ?? []) track.enabled = !on;
  }

  /** Another device was chosen, while one talks perhaps. */
  async changed(part) {
    if (part === "microphone") await this.open();
    if (part === "speaker") await this.#heard.setSinkId?.(this.#choices.device("speaker"));
  }

  /** A browser lets a page make sounds once somebody has touched it. */
  wake() {
    void this.#context?.resume();
    void this.#heard.play().catch(() => undefined);
  }

  /** 0 to 1 each, on a scale of decibels, as ears hear it. */
  levels() {
    return { inward: this.#level("inward"), outward: this.#muted ? 0 : this.#level("outward") };
  }

  close() {
    this.connection?.close();
    this.connection = null;
    for (const track of this.#microphone?.getTracks() ?? []) track.stop();
    this.#microphone = null;
    this.#meters = {};
  }

  async #send() {
    const [track] = this.#microphone.getAudioTracks();
    for (const sender of this.connection?.getSenders() ?? []) await sender.replaceTrack(track);
  }

  #hear(stream) {
    this.#heard.srcObject = stream;
    void this.#heard.setSinkId?.(this.#choices.device("speaker"))?.catch(() => undefined);
    void this.#heard.play().catch(() => undefined);
    this.#watch("inward", stream);
  }

  #watch(side, stream) {
    this.#context ??= new AudioContext();
    void this.#context.resume(); // loaded anew amid a call nobody touches the page; whose microphone is open may sound
    const meter = this.#context.createAnalyser();
    meter.fftSize = this.#samples.length;
    this.#context.createMediaStreamSource(stream).connect(meter);
    this.#meters[side] = meter;
  }

  #level(side) {
    const meter = this.#meters[side];
    if (!meter) return 0;
    meter.getFloatTimeDomainData(this.#samples);
    const power = this.#samples.reduce((sum, value) => sum + value * value, 0) / this.#samples.length;
    return Math.min(1, Math.max(0, 1 - (10 * Math.log10(power + 1e-9)) / FLOOR_DB));
  }
}

function gathered(connection) {
  return new Promise((resolve) => {
    const done = () => connection.iceGatheringState === "complete" && resolve();
    connection.addEventListener("icegatheringstatechange", done);
    setTimeout(resolve, GATHERING_MS);
    done();
  });
}
