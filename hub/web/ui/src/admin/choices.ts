/** What forms let one choose from. */

import { ref } from "vue";
import { all } from "@/api/lists";
import { t } from "@/i18n";
import { attempt } from "@/parts/feedback";
import type { Choice } from "./resource";

export const MEDIA = (): Choice[] =>
  ["VOICE", "LIVE_TEXT", "DEFERRED"].map((value) => ({ value, label: t(`medium.${value}`) }));
export const LANGUAGES = (): Choice[] => [
  { value: "en", label: "English" },
  { value: "zh", label: "简体中文" },
];

/** Records of another page, as choices; `by` names what is sent. */
export function useChoices(path: string, by: "id" | "name" | "key" = "id"): () => Choice[] {
  const choices = ref<Choice[]>([]);
  void attempt(async () => {
    const rows = await all<{ id: number; name: string; key?: string }>(path);
    choices.value = rows.map((row) => ({ value: row[by] ?? row.id, label: row.name }));
  });
  return () => choices.value;
}
