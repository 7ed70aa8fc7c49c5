/** What is heard and shown of a call's sound: levels of both sides, and the tone while it rings. */

const TONE = { hertz: 425, on: 1, off: 4, loud: 0.08 };
const AUDIBLE = 0.01;

export class Sound {
  /** `shown(mine, theirs)` gets both levels, 0 to 1, many times a second; `rings()` says whether it rings. */
  constructor(shown, rings) {
    this.context = new AudioContext();
    this.gain = ringing(this.context);
    this.mine = this.theirs = null;
    this.timer = setInterval(() => this.look(shown, rings), 60);
  }

  listen(mine, theirs) {
    this.mine = analyser(this.context, mine);
    this.theirs = analyser(this.context, theirs);
  }

  look(shown, rings) {
    const [mine, theirs] = [level(this.mine), level(this.theirs)];
    const now = this.context.currentTime % (TONE.on + TONE.off) < TONE.on;
    this.gain.gain.value = rings() && now && theirs < AUDIBLE ? TONE.loud : 0; // the hub's own ringing goes first
    shown(mine, theirs);
  }

  close() {
    clearInterval(this.timer);
    this.context.close();
  }
}

function ringing(context) {
  const [tone, gain] = [context.createOscillator(), context.createGain()];
  tone.frequency.value = TONE.hertz;
  gain.gain.value = 0;
  tone.connect(gain).connect(context.destination);
  tone.start();
  return gain;
}

function analyser(context, stream) {
  const node = context.createAnalyser();
  node.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(node);
  return node;
}

function level(node) {
  if (!node) return 0;
  const samples = new Float32Array(node.fftSize);
  node.getFloatTimeDomainData(samples);
  return Math.min(1, 2.5 * Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length));
}
