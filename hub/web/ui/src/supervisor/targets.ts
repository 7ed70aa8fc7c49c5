/** What a target says of a wait and of a day. */

import type { Target } from "@/api/types";
import { t } from "@/i18n";

export function isLate(waiting: number, longestSeconds: number, target: Target | null): boolean {
  return waiting > 0 && target !== null && longestSeconds > target.seconds;
}

/** Null: nothing to judge. `level` is a share. */
export function inTime(level: number | null, target: Target | null): boolean | null {
  return level === null || !target ? null : level * 100 >= target.percent;
}

export function percent(level: number | null): string {
  return level === null ? "–" : `${Math.round(level * 100)} %`;
}

/** A target's time in the largest unit that is whole: 20 s, 5 min, 4 h. */
export function span(seconds: number): string {
  if (seconds && seconds % 3600 === 0) return t("board.hours", { count: seconds / 3600 });
  if (seconds && seconds % 60 === 0) return t("board.minutes", { count: seconds / 60 });
  return t("board.seconds", { count: seconds });
}
