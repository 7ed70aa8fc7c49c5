import { expect, test } from "vitest";
import { caps, chord, completed, isCharacter, type Press } from "./match";

const press = (key: string, more: Partial<Press> = {}): Press => ({
  key,
  code: `Key${key.toUpperCase()}`,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});

test("Ctrl and ⌘ are the same modifier", () => {
  expect(chord(press("k", { ctrlKey: true }))).toBe("mod+k");
  expect(chord(press("k", { metaKey: true }))).toBe("mod+k");
});

test("a letter under Alt is read by its place on the keyboard", () => {
  expect(chord(press("å", { altKey: true, code: "KeyA" }))).toBe("alt+a");
  expect(chord(press("¡", { altKey: true, code: "Digit1" }))).toBe("alt+1");
});

test("Shift is part of a named key, not of a character", () => {
  expect(chord(press("?", { shiftKey: true, code: "Slash" }))).toBe("?");
  expect(chord(press("Enter", { ctrlKey: true, shiftKey: true, code: "Enter" }))).toBe("mod+shift+enter");
});

test("two keys in a row win over the second alone", () => {
  expect(completed(["i", "g i"], ["g", "i"])).toBe("g i");
  expect(completed(["i", "g i"], ["x", "i"])).toBe("i");
  expect(completed(["g i"], ["i"])).toBeUndefined();
});

test("only bare characters can be turned off", () => {
  expect(["?", "g i", "mod+k", "alt+a", "escape"].map(isCharacter)).toEqual([true, true, false, false, false]);
});

test("keycaps speak the machine's language", () => {
  expect(caps("mod+shift+enter", false)).toEqual(["Ctrl", "⇧", "↵"]);
  expect(caps("mod+k", true)).toEqual(["⌘", "K"]);
});
