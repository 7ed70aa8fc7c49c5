import { type ComputedRef, computed } from "vue";
import type { Panel } from "@/api/types";
import { useDirectory } from "@/stores/directory";

/** The panels plugins declared for a slot. */
export function usePanels(slot: () => string): ComputedRef<Panel[]> {
  const directory = useDirectory();
  return computed(() => directory.panels.filter((panel) => panel.slot === slot()));
}
