import { onScopeDispose } from "vue";
import { useLive } from "@/stores/live";

const REPEAT_MS = 3000;

/** Tells the customer that somebody writes, where the channel carries that; at most every three seconds. */
export function useTyping(interaction: number, enabled: () => boolean) {
  const live = useLive();
  let last = 0;

  function typed(): void {
    if (!enabled() || Date.now() - last < REPEAT_MS) return;
    last = Date.now();
    live.typing(interaction, true);
  }

  function stopped(): void {
    if (last) live.typing(interaction, false);
    last = 0;
  }

  onScopeDispose(stopped);
  return { typed, stopped };
}
