import { expect, test } from "vitest";
import { complete, newOverflow, newRing, routingOf } from "./queueRouting";

test("a queue of which nothing is stored is served in the plainest way", () => {
  expect(routingOf({})).toMatchObject({ strategy: "LEAST_BUSY", rings: [], overflow: [], targets: [] });
  expect(routingOf({ strategy: "WEIGHTED" }).strategy).toBe("WEIGHTED");
});

test("each step begins after the one before", () => {
  expect(newRing([]).after).toBe(20);
  expect(newRing([{ after: 40, skills: {}, queues: [] }]).after).toBe(60);
});

test("there is one rule for each reason, and no fourth", () => {
  const rules = [newOverflow([])];
  while (rules.at(-1)) rules.push(newOverflow(rules.filter((rule) => rule !== null)));
  expect(rules.map((rule) => rule?.reason)).toEqual(["WAIT", "DEPTH", "CLOSED", undefined]);
});

test("who moves on into a queue has to name it", () => {
  const rule = { reason: "WAIT" as const, limit: 1, queue: null, action: "queue" as const };
  expect(complete(routingOf({ overflow: [rule] }))).toBe(false);
  expect(complete(routingOf({ overflow: [{ ...rule, queue: 2 }] }))).toBe(true);
});
