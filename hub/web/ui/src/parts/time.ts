/** Times as people read them, in the language of the screen. */

import { readonly, ref } from "vue";
import { t, tag } from "@/i18n";

const current = ref(Date.now());
setInterval(() => (current.value = Date.now()), 1000);

/** Ticks once a second; whatever reads it in a template stays true. */
export const now = readonly(current);

export function secondsSince(iso: string, at: number = now.value): number {
  return Math.max(0, Math.round((at - Date.parse(iso)) / 1000));
}

/** "0:42", "12:05", "3 h 07 min", "2 d 4 h": never wider than a badge. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 3600) return `${Math.floor(whole / 60)}:${pad(whole % 60)}`;
  if (whole < 86_400)
    return t("time.hours", { hours: Math.floor(whole / 3600), minutes: pad(Math.floor(whole / 60) % 60) });
  return t("time.days", { days: Math.floor(whole / 86_400), hours: Math.floor(whole / 3600) % 24 });
}

export function clock(iso: string): string {
  return format(iso, { hour: "2-digit", minute: "2-digit" });
}

export function moment(iso: string): string {
  return format(iso, { dateStyle: "medium", timeStyle: "short" });
}

export function day(iso: string): string {
  const date = new Date(iso);
  const days = Math.round((midnight(new Date(now.value)) - midnight(date)) / 86_400_000);
  if (days === 0 || days === 1) return t(days ? "time.yesterday" : "time.today");
  const year = date.getFullYear() === new Date(now.value).getFullYear() ? undefined : "numeric";
  return format(iso, { weekday: "short", day: "numeric", month: "short", year });
}

/** In a list: the hour today, the day within a week, else the date. */
export function brief(iso: string): string {
  const age = now.value - Date.parse(iso);
  if (midnight(new Date(iso)) === midnight(new Date(now.value))) return clock(iso);
  return format(iso, age < 6 * 86_400_000 ? { weekday: "short" } : { day: "numeric", month: "short" });
}

function format(iso: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(tag.value, options).format(new Date(iso));
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
