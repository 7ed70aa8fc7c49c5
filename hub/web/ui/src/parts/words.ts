/** Words for codes the hub speaks in: translated when known, else as they are. */

import { i18n, t } from "@/i18n";

export function word(area: string, code: string | null | undefined): string {
  if (!code) return "";
  const key = `${area}.${code}`;
  return i18n.global.te(key) || i18n.global.te(key, "en") ? t(key) : code;
}

export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["kB", "MB", "GB"];
  const power = Math.min(units.length, Math.floor(Math.log(bytes) / Math.log(1024)));
  return `${(bytes / 1024 ** power).toFixed(power === 1 ? 0 : 1)} ${units[power - 1]}`;
}

/** One or two letters for a round picture: a Chinese name's last character, else the initials. */
export function initials(name: string): string {
  const trimmed = name.trim();
  if (!trimmed) return "?";
  if (/\p{Script=Han}/u.test(trimmed)) return [...trimmed].at(-1) ?? "?";
  const words = trimmed.split(/\s+/);
  return ((words[0]?.[0] ?? "") + (words.length > 1 ? (words.at(-1)?.[0] ?? "") : "")).toUpperCase();
}

/** A stable hue for a name, so that a face keeps its colour everywhere. */
export function hue(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 360;
  return sum;
}

/** A site's own code as words: "PARTS_ORDERED" becomes "Parts ordered". */
export function readable(code: string): string {
  if (!/^[A-Z0-9_]+$/.test(code)) return code;
  const words = code.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
