import { watch } from "vue";
import { useRefresh } from "@/parts/useRefresh";
import { useDirectory } from "@/stores/directory";

/** A list of what is owed: read at once, when its filter changes, and when anything of it happens. */
export function useOwed(query: () => unknown, refresh: () => Promise<void>): void {
  const directory = useDirectory();
  if (!directory.colleagues.length) void directory.loadColleagues().catch(() => undefined);
  watch(query, () => void refresh(), { immediate: true, deep: true });
  useRefresh(() => ["promises"], refresh);
}
