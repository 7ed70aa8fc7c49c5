import { expect, test } from "vitest";
import { pause } from "../src/backoff";

test("pauses grow, and never beyond ten seconds, so that everyone is back within half a minute", () => {
  const longest = [0, 1, 2, 3, 4, 5, 50].map((attempt) => pause(attempt, 0.9999));
  expect(longest).toEqual([...longest].sort((a, b) => a - b));
  expect(Math.max(...longest)).toBeLessThanOrEqual(10_000);
  expect(longest.slice(0, 4).reduce((a, b) => a + b)).toBeLessThan(30_000);
});

test("a crowd does not come back in step", () => {
  const crowd = Array.from({ length: 100 }, (_, index) => pause(5, index / 100));
  expect(new Set(crowd).size).toBe(100);
  expect(Math.min(...crowd)).toBeGreaterThan(0);
});
