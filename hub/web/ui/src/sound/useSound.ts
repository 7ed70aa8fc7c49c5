/** One sound file: fetched when first wanted, played by the browser, drawn from what it decodes to. A long one is played
 * while it comes, and only the parts that are moved to are fetched. */

import { onScopeDispose, ref, shallowRef, watch } from "vue";
import { files } from "@/api";
import type { Attachment } from "@/api/types";
import { BARS, decodeSound } from "./decodeSound";
import { within } from "./seeking";
import type { Track } from "./waveform";

export type SoundState = "IDLE" | "LOADING" | "READY" | "BROKEN";

const SPEEDS = [1, 1.5, 2];
const FLAT: Track[] = [Array(BARS).fill(0)];
/** Bytes; beyond, it is only played: an hour of a call takes a quarter of a gigabyte of memory to draw. */
const DRAWN_UP_TO = 64 * 1024 * 1024;
/** Bytes; up to here it is there at once, and is played from where it was fetched to be drawn. */
const WHOLE_UP_TO = 4 * 1024 * 1024;

/** As chosen last, for whatever is played next. */
const speed = ref(1);
/** Only one sound is heard at a time. */
let heard: HTMLAudioElement | null = null;

/** `seconds` is how long it is said to be, 0 when nobody knows; the file itself knows better once it is here. */
export function useSound(file: Attachment, seconds: number) {
  const state = ref<SoundState>("IDLE");
  const playing = ref(false);
  const at = ref(0);
  const length = ref(seconds);
  const tracks = shallowRef(FLAT);
  const audio = new Audio();
  let loading: Promise<void> | null = null;
  let gone = false;

  audio.onplay = () => {
    playing.value = true;
    follow();
  };
  audio.onpause = () => (playing.value = false);
  audio.ontimeupdate = () => (at.value = audio.currentTime);
  audio.onerror = () => (state.value = "BROKEN");
  audio.ondurationchange = () => measure(audio.duration);
  watch(speed, (chosen) => (audio.playbackRate = chosen));
  onScopeDispose(leave);

  /** More often than the browser tells of it, so that the picture moves smoothly. */
  function follow(): void {
    at.value = audio.currentTime;
    if (!audio.paused) requestAnimationFrame(follow);
  }

  /** What a browser recorded itself does not say how long it is: that is known once it is decoded. */
  function measure(found: number): void {
    if (Number.isFinite(found) && found > 0) length.value = found;
  }

  function load(): Promise<void> {
    loading ??= fetchSound();
    return loading;
  }

  async function fetchSound(): Promise<void> {
    if (file.size > WHOLE_UP_TO) return stream();
    state.value = "LOADING";
    const blob = await files.bytes(file.id).catch(() => null);
    if (gone) return;
    state.value = blob ? "READY" : "BROKEN";
    loading = blob ? loading : null;
    if (!blob) return;
    audio.src = URL.createObjectURL(blob);
    if (blob.size <= DRAWN_UP_TO) void show(blob);
  }

  function stream(): void {
    audio.src = `/api/v1/attachments/${file.id}`;
    state.value = "READY";
    if (file.size <= DRAWN_UP_TO) void files.bytes(file.id).then(show, () => undefined);
  }

  /** What cannot be drawn may still be heard. */
  async function show(blob: Blob): Promise<void> {
    const decoded = await decodeSound(blob).catch(() => null);
    if (!decoded) return;
    tracks.value = decoded.tracks;
    measure(decoded.seconds);
  }

  async function toggle(): Promise<void> {
    await load();
    if (gone || state.value !== "READY") return;
    if (!audio.paused) return audio.pause();
    if (heard !== audio) heard?.pause();
    heard = audio;
    audio.playbackRate = speed.value;
    await audio.play().catch(() => undefined); // paused again at once; a file it cannot play is told by `onerror`
  }

  async function seek(moment: number): Promise<void> {
    await load();
    if (state.value !== "READY") return;
    at.value = within(moment, length.value);
    audio.currentTime = at.value;
  }

  function faster(): void {
    speed.value = SPEEDS[(SPEEDS.indexOf(speed.value) + 1) % SPEEDS.length] ?? 1;
  }

  function leave(): void {
    gone = true;
    audio.pause();
    URL.revokeObjectURL(audio.src);
    if (heard === audio) heard = null;
  }

  return { state, playing, at, length, tracks, speed, load, toggle, seek, faster };
}
