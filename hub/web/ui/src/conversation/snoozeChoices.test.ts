import { expect, test } from "vitest";
import { snoozeChoices } from "./snoozeChoices";

const names = (at: Date) => snoozeChoices(at).map((choice) => choice.name);

test("this evening is offered only before it", () => {
  expect(names(new Date(2026, 2, 4, 10))).toContain("evening");
  expect(names(new Date(2026, 2, 4, 18))).not.toContain("evening");
});

test("on a Monday, next Monday is a week away", () => {
  const monday = new Date(2026, 2, 2, 10);
  expect(snoozeChoices(monday).find((choice) => choice.name === "monday")?.at).toEqual(new Date(2026, 2, 9, 9));
});

test("on a Sunday, Monday is tomorrow", () => {
  const sunday = new Date(2026, 2, 1, 10);
  expect(snoozeChoices(sunday).find((choice) => choice.name === "monday")?.at).toEqual(new Date(2026, 2, 2, 9));
});
