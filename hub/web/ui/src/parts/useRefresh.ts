import { onScopeDispose, watchEffect } from "vue";
import type { Need } from "@/live/needs";
import { useLive } from "@/stores/live";

/** Fetch again whenever an event makes one of the needs stale; a need that changes is registered anew. */
export function useRefresh(needs: () => (Need | null)[], fetch: () => Promise<unknown>): void {
  const live = useLive();
  let release: (() => void)[] = [];
  const free = () => {
    for (const off of release) off();
  };
  watchEffect(() => {
    const wanted = needs().filter((need): need is Need => need !== null);
    free();
    release = wanted.map((need) => live.refresher.register(need, fetch));
  });
  onScopeDispose(free);
}
