/** Times and sizes as people read them. */

import type { Language } from "./protocol";
import type { Words } from "./texts";

const TAGS: Record<Language, string> = { en: "en", zh: "zh-CN" };

export function clock(at: string, language: Language): string {
  return new Intl.DateTimeFormat(TAGS[language], { hour: "2-digit", minute: "2-digit" }).format(new Date(at));
}

/** Today, yesterday, or the date. */
export function day(at: string, now: Date, language: Language, words: Words): string {
  const then = new Date(at);
  const days = Math.round((midnight(now) - midnight(then)) / 86_400_000);
  if (days === 0) return words.today;
  if (days === 1) return words.yesterday;
  const year = then.getFullYear() === now.getFullYear() ? undefined : ("numeric" as const);
  return new Intl.DateTimeFormat(TAGS[language], { year, month: "long", day: "numeric" }).format(then);
}

export function sameDay(one: string, other: string): boolean {
  return midnight(new Date(one)) === midnight(new Date(other));
}

export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1).replace(/\.0$/, "")} MB`;
}

function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}
