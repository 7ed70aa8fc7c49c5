/** A recording of one's own voice: begun, stopped, and there to be heard, or made again. */

import { onScopeDispose, type Ref, ref } from "vue";
import { asWav, close, isOffered, openMicrophone, type Taking, type Trouble, take, troubleOf } from "./microphone";

export type RecorderState = "IDLE" | "ASKING" | "RECORDING" | "WRITING";

/** Milliseconds between two looks at how loud it is, and how long it has lasted. */
const LOOK = 100;

/** `made` becomes a WAV file of `most` seconds at most; it is empty while another is being made. */
export function useRecorder(made: Ref<Blob | null>, most: number) {
  const state = ref<RecorderState>("IDLE");
  const level = ref(0);
  const seconds = ref(0);
  const trouble = ref<Trouble | "empty" | "">("");
  let taking: Taking | null = null;
  let gone = false;
  onScopeDispose(() => {
    gone = true;
    stop();
  });

  async function start(): Promise<void> {
    made.value = null;
    trouble.value = isOffered() ? "" : "insecure";
    if (trouble.value) return;
    state.value = "ASKING";
    try {
      const stream = await openMicrophone();
      if (gone) return close(stream);
      await follow(take(stream));
    } catch (error) {
      trouble.value = troubleOf(error);
    }
    state.value = "IDLE";
  }

  async function follow(begun: Taking): Promise<void> {
    taking = begun;
    state.value = "RECORDING";
    const began = Date.now();
    const look = window.setInterval(() => {
      level.value = begun.level();
      seconds.value = Math.min(most, (Date.now() - began) / 1000);
      if (seconds.value >= most) stop();
    }, LOOK);
    const recorded = await begun.taken;
    window.clearInterval(look);
    taking = null;
    level.value = seconds.value = 0;
    if (!gone) await write(recorded);
  }

  async function write(recorded: Blob): Promise<void> {
    state.value = "WRITING";
    const sound = await asWav(recorded, most).catch(() => null);
    made.value = sound; // which a model tells its parent first: it is not to be read here yet
    if (!sound) trouble.value = "empty";
  }

  function stop(): void {
    taking?.stop();
  }

  return { state, level, seconds, trouble, start, stop };
}
