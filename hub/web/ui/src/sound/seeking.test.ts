import { expect, test } from "vitest";
import { keyedTo } from "./seeking";

test("arrows move by five seconds, page keys by thirty", () => {
  expect(["ArrowRight", "ArrowLeft", "PageUp", "PageDown"].map((key) => keyedTo(key, 60, 100))).toEqual([
    65, 55, 90, 30,
  ]);
});

test("nothing leads out of the sound; Home and End are its ends", () => {
  expect(keyedTo("ArrowLeft", 2, 100)).toBe(0);
  expect(keyedTo("ArrowRight", 98, 100)).toBe(100);
  expect([keyedTo("Home", 50, 100), keyedTo("End", 50, 100)]).toEqual([0, 100]);
});

test("other keys are left to whom they belong", () => {
  expect(["j", "Enter", "Tab"].map((key) => keyedTo(key, 50, 100))).toEqual([null, null, null]);
});
