/** The ring, made on the spot, on whichever device it is to be heard: a loudspeaker beside the headset, say. */

const RATE = 8000;
const RING = { seconds: 3, tones: [[0, 0.4, 880], [0.45, 0.85, 660]], volume: 0.3 };
const BEEP = { seconds: 0.35, tones: [[0, 0.3, 1000]], volume: 0.25 };

export class Ringer {
  #choices;
  #ring = new Audio(sound(RING));
  #beep = new Audio(sound(BEEP));

  constructor(choices) {
    this.#choices = choices;
    this.#ring.loop = true;
  }

  start() {
    if (this.#ring.paused) void this.#play(this.#ring);
  }

  stop() {
    this.#ring.pause();
    this.#ring.currentTime = 0;
  }

  /** Resolves when it has been heard, or cannot be. */
  async beep() {
    const ended = new Promise((resolve) => this.#beep.addEventListener("ended", resolve, { once: true }));
    if (await this.#play(this.#beep)) await ended;
  }

  /** Whether it plays: a browser makes no sound in a page nobody has touched yet. */
  async #play(audio) {
    try {
      await audio.setSinkId?.(this.#choices.device("ring"));
    } catch {
      // the device has been unplugged: the system's is better than silence
    }
    return audio.play().then(() => true, () => false);
  }
}

/** A WAV of sixteen bits, as a URL. */
function sound({ seconds, tones, volume }) {
  const samples = new Int16Array(seconds * RATE);
  for (const [from, to, pitch] of tones)
    for (let at = Math.round(from * RATE); at < to * RATE; at++) samples[at] = volume * 32767 * Math.sin((2 * Math.PI * pitch * at) / RATE);
  const head = new DataView(new ArrayBuffer(44));
  const text = (at, word) => [...word].forEach((letter, place) => head.setUint8(at + place, letter.charCodeAt(0)));
  text(0, "RIFF");
  head.setUint32(4, 36 + samples.byteLength, true);
  text(8, "WAVEfmt ");
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true);
  head.setUint16(22, 1, true);
  head.setUint32(24, RATE, true);
  head.setUint32(28, RATE * 2, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  text(36, "data");
  head.setUint32(40, samples.byteLength, true);
  return URL.createObjectURL(new Blob([head.buffer, samples.buffer], { type: "audio/wav" }));
}
