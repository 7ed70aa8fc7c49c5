/** Keyboard shortcuts as text ("mod+k", "g i", "?"), and how key presses meet them. */

export interface Press {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** One press as text. Letters under Alt are read by place, because Alt+A types "å" on some keyboards. */
export function chord(press: Press): string {
  const mod = press.ctrlKey || press.metaKey ? "mod+" : "";
  const alt = press.altKey ? "alt+" : "";
  const bare = press.altKey && /^(Key|Digit)/.test(press.code) ? press.code.replace(/^(Key|Digit)/, "") : press.key;
  const named = bare.length > 1 || mod || alt;
  return `${mod}${alt}${named && press.shiftKey ? "shift+" : ""}${bare.toLowerCase()}`;
}

/** Whether a shortcut is a bare character, which a person may turn off (WCAG 2.1.4). */
export function isCharacter(keys: string): boolean {
  return !keys.includes("+") && keys !== "escape" && keys !== "enter";
}

/** The shortcut that `pressed` (the chords so far, oldest first) completes, if any. */
export function completed(shortcuts: string[], pressed: string[]): string | undefined {
  const last = pressed.slice(-1).join(" ");
  const lastTwo = pressed.slice(-2).join(" ");
  return shortcuts.find((keys) => keys === lastTwo) ?? shortcuts.find((keys) => keys === last);
}

/** As shown on a keycap: "mod+k" is "Ctrl K", or "⌘ K" on a Mac. */
export function caps(keys: string, mac: boolean): string[] {
  const names: Record<string, string> = {
    mod: mac ? "⌘" : "Ctrl",
    alt: mac ? "⌥" : "Alt",
    shift: "⇧",
    enter: "↵",
    escape: "Esc",
  };
  return keys.split(/[ +]/).map((part) => names[part] ?? part.toUpperCase());
}
