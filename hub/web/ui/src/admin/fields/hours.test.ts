import { expect, test } from "vitest";
import { spansOf } from "./hours";

test("hours are taken as people write them", () => {
  expect(spansOf("9-12, 13:30-18:00")).toEqual(["09:00-12:00", "13:30-18:00"]);
  expect(spansOf("8：00～24：00")).toEqual(["08:00-24:00"]);
  expect(spansOf("")).toEqual([]);
});

test("what is no time of day is refused", () => {
  expect(spansOf("9-25")).toBeNull();
  expect(spansOf("morning")).toBeNull();
});
