/** What whoever sits at this browser chose for it: whether it is a telephone, and which devices it uses. */

const KEY = "sip.softphone";

export class Choices {
  #kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");

  /** Whether calls ring in this browser; asked once, and remembered. */
  get on() {
    return this.#kept.on === true;
  }

  set on(on) {
    this.#keep({ on });
  }

  /** The device chosen for "microphone", "speaker" or "ring"; "" for the system's. */
  device(part) {
    return this.#kept[part] ?? "";
  }

  choose(part, id) {
    this.#keep({ [part]: id });
  }

  #keep(change) {
    this.#kept = { ...this.#kept, ...change };
    localStorage.setItem(KEY, JSON.stringify(this.#kept));
  }
}

/** What there is to choose, by part. Names are known only once the microphone may be used. */
export async function devices() {
  const found = await navigator.mediaDevices.enumerateDevices();
  const named = (kind) => found.filter((each) => each.kind === kind && each.deviceId).map(({ deviceId, label }) => ({ id: deviceId, label }));
  const outputs = "setSinkId" in HTMLMediaElement.prototype ? named("audiooutput") : [];
  return { microphone: named("audioinput"), speaker: outputs, ring: outputs };
}
