import { type ComputedRef, computed } from "vue";
import type { Panel } from "@/api/types";
import { useDirectory } from "@/stores/directory";

/** The panels plugins declared for a slot; beside a conversation, those that are for its channel. */
export function usePanels(slot: () => string, channel: () => string | undefined = () => ""): ComputedRef<Panel[]> {
  const directory = useDirectory();
  const fits = ({ channels }: Panel) => !channels?.length || channels.includes(channel() ?? "");
  return computed(() => directory.panels.filter((panel) => panel.slot === slot() && fits(panel)));
}
