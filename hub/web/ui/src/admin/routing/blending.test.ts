import { expect, test } from "vitest";
import { blendingOf, saved, USUAL, withRow } from "./blending";

test("a site that says nothing is shown what is usual, and saves that nothing was said", () => {
  const edited = blendingOf(null);
  expect(edited.blocks).toEqual(USUAL);
  expect(saved(edited)).toEqual({ blocks: null, interrupts: {}, channels: {}, weights: {}, budget: null });
});

test("what a medium blocks can be changed without touching the others", () => {
  const edited = blendingOf(null);
  edited.blocks = withRow(edited.blocks, "VOICE", ["LIVE_TEXT"]);
  expect(saved(edited).blocks).toEqual({ VOICE: ["LIVE_TEXT"], LIVE_TEXT: ["VOICE"] });
  edited.blocks = withRow(edited.blocks, "LIVE_TEXT", []);
  expect(saved(edited).blocks).toEqual({ VOICE: ["LIVE_TEXT"] });
});

test("that nothing blocks anything is said, not left to be as usual", () => {
  const stored = { blocks: {}, interrupts: {}, channels: {}, weights: {}, budget: 4 };
  expect(saved(blendingOf(stored))).toEqual(stored);
});

test("the order in which media were chosen makes no difference", () => {
  const edited = blendingOf(null);
  edited.blocks = withRow(edited.blocks, "VOICE", ["DEFERRED", "LIVE_TEXT"]);
  expect(saved(edited).blocks).toBeNull();
});
