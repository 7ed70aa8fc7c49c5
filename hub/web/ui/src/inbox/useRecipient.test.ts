import { expect, test } from "vitest";
import type { Customer } from "@/api/types";
import { ownerOf } from "./useRecipient";

const person = (name: string, scheme: string, value: string) =>
  ({ name, identities: [{ scheme, value }] }) as unknown as Customer;
const wang = person("王伟", "tel", "+8613800138000");
const lin = person("Lin", "email", "lin@example.org");
const owner = (scheme: string, value: string, known = [wang, lin]) => ownerOf(known, { scheme, value })?.name;

test("an address is its owner's however it is written", () => {
  expect(owner("tel", "+86 138-0013-8000")).toBe("王伟");
  expect(owner("email", "Lin@Example.org")).toBe("Lin");
});

test("half an address, another kind of it and a shared one are nobody's", () => {
  expect(owner("tel", "+86138001")).toBeUndefined();
  expect(owner("fax", "+8613800138000")).toBeUndefined();
  expect(owner("tel", "+8613800138000", [wang, person("李", "tel", "+8613800138000")])).toBeUndefined();
});
