import type { Panel } from "@/api/types";
import { language } from "@/i18n";

/** What a panel is called, in the reader's language where it knows it. */
export const titleOf = ({ title, titles, plugin }: Panel): string =>
  title ?? titles?.[language.value] ?? titles?.en ?? plugin;
