import { effectScope, onScopeDispose, shallowReactive, watch } from "vue";
import { useSession } from "@/stores/session";
import { caps, chord, completed, isCharacter } from "./match";

export interface Shortcut {
  /** Also the key of its sentence: `keys.<id>`. */
  id: string;
  keys: string;
  group: "everywhere" | "list" | "conversation" | "offers" | "calls";
  run(): void;
  /** Works while the cursor is in a text field. */
  whileTyping?: boolean;
}

export const active = shallowReactive(new Map<string, Shortcut>());
const mac = /Mac|iPhone|iPad/.test(navigator.platform);
let pressed: { chord: string; at: number }[] = [];

export const capsOf = (keys: string): string[] => caps(keys, mac);
export const hint = (keys: string): string => capsOf(keys).join(" ");

/** These shortcuts work while the component that asked for them is on the screen. */
export function useShortcuts(shortcuts: Shortcut[]): void {
  for (const shortcut of shortcuts) active.set(shortcut.id, shortcut);
  onScopeDispose(() => {
    for (const shortcut of shortcuts) if (active.get(shortcut.id) === shortcut) active.delete(shortcut.id);
  });
}

/** The same, and only while it is so: of several calls, the keys are about one. */
export function useShortcutsWhile(on: () => boolean, shortcuts: Shortcut[]): void {
  let scope = effectScope();
  watch(
    on,
    (is) => {
      scope.stop();
      scope = effectScope();
      if (is) scope.run(() => useShortcuts(shortcuts));
    },
    { immediate: true },
  );
  onScopeDispose(() => scope.stop());
}

/** Listens for the whole window; call once, from the shell. */
export function listenToKeys(): void {
  window.addEventListener("keydown", press);
  onScopeDispose(() => window.removeEventListener("keydown", press));
}

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
  const at = Date.now();
  pressed = [...pressed.filter((earlier) => at - earlier.at < 1200), { chord: chord(event), at }].slice(-2);
  const usable = [...active.values()].filter((shortcut) => allowed(shortcut, event));
  const hit = completed(
    usable.map((shortcut) => shortcut.keys),
    pressed.map((one) => one.chord),
  );
  const shortcut = usable.find((one) => one.keys === hit);
  if (!shortcut) return;
  event.preventDefault();
  pressed = [];
  shortcut.run();
}

function allowed(shortcut: Shortcut, event: KeyboardEvent): boolean {
  const urgent = shortcut.group === "offers" || shortcut.group === "calls";
  if (document.querySelector('[aria-modal="true"]') && !urgent) return false;
  if (isCharacter(shortcut.keys) && useSession().preferences.single_keys === false) return false;
  return shortcut.whileTyping || !isTyping(event.target);
}

function isTyping(target: EventTarget | null): boolean {
  const element = target as HTMLElement | null;
  return Boolean(
    element?.isContentEditable || element?.closest?.('input, textarea, select, [role="combobox"], [role="listbox"]'),
  );
}
