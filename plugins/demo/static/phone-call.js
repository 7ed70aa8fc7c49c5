/** One call: the browser's voice goes to the demo by WebRTC, and the demo rings the hub by SIP. */

const KEY_MS = 120; // RFC 4733 events of this length, and a pause
const PAUSE_MS = 60;
const GATHER_MS = 2000;

/** The microphone was not had; its message is why. */
export class NoVoice extends Error {}

export class Call {
  /** `told` gets {stage, why}; the stages and reasons are the demo's, and four of the browser's. */
  constructor(told) {
    this.told = told;
    this.over = false;
  }

  /** Raises NoVoice. */
  async dial(caller, called) {
    this.mine = await microphone();
    if (this.over) return this.close();
    this.peer = new RTCPeerConnection();
    this.line = this.peer.addTransceiver(this.mine.getAudioTracks()[0], { streams: [this.mine] });
    this.theirs = new MediaStream([this.line.receiver.track]);
    onlyTelephony(this.line);
    const offer = await described(this.peer);
    if (!this.over) this.connect(JSON.stringify({ caller, called, offer }));
  }

  connect(dial) {
    this.socket = new WebSocket(new URL("phone/call", location.href.replace(/^http/, "ws")));
    this.socket.addEventListener("open", () => this.socket.send(dial));
    this.socket.addEventListener("message", ({ data }) => this.heard(JSON.parse(data)));
    this.socket.addEventListener("close", () => this.ended("OFFLINE"));
  }

  heard({ answer, stage, why }) {
    if (answer) this.peer.setRemoteDescription({ type: "answer", sdp: answer });
    else if (stage === "ENDED") this.ended(why);
    else this.told({ stage });
  }

  /** Put the phone down. The demo says when the hub knows; before it was asked there is nobody to tell. */
  hangUp() {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ hang_up: true }));
    else this.ended("YOU_HUNG_UP");
  }

  key(digit) {
    const { dtmf } = this.line.sender;
    if (dtmf?.canInsertDTMF) dtmf.insertDTMF(dtmf.toneBuffer + digit, KEY_MS, PAUSE_MS);
  }

  mute(muted) {
    for (const track of this.mine.getTracks()) track.enabled = !muted;
  }

  ended(why) {
    if (this.over) return;
    this.over = true;
    this.close();
    this.told({ stage: "ENDED", why });
  }

  close() {
    for (const track of this.mine?.getTracks() ?? []) track.stop();
    this.peer?.close();
    this.socket?.close();
  }
}

async function microphone() {
  if (!navigator.mediaDevices) throw new NoVoice("NOT_SECURE");
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: true });
  } catch {
    throw new NoVoice("NO_MICROPHONE");
  }
}

/** G.711 and keys are all a carrier's line knows; what else a browser can do is not offered. */
function onlyTelephony(transceiver) {
  const { codecs } = RTCRtpReceiver.getCapabilities("audio");
  const known = ["audio/pcmu", "audio/telephone-event"];
  transceiver.setCodecPreferences(codecs.filter(({ mimeType }) => known.includes(mimeType.toLowerCase())));
}

async function described(peer) {
  await peer.setLocalDescription();
  await new Promise((done) => {
    setTimeout(done, GATHER_MS);
    const look = () => peer.iceGatheringState === "complete" && done();
    peer.addEventListener("icegatheringstatechange", look);
    look();
  });
  return peer.localDescription.sdp;
}
