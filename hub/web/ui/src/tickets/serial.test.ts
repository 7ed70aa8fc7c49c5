import { expect, test } from "vitest";
import { grouped } from "./serial";

test("a ticket's number is grouped as it is read aloud, and anything else stays as it is", () => {
  expect(grouped("482190356")).toBe("4821-9035-6");
  expect(grouped("")).toBe("");
});
