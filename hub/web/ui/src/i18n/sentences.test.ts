import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { en } from "./en";
import { zh } from "./zh";

const SOURCES = join(import.meta.dirname, "..");

function keysOf(tree: object, path = ""): string[] {
  return Object.entries(tree).flatMap(([name, value]) =>
    typeof value === "object" ? keysOf(value, `${path}${name}.`) : [`${path}${name}`],
  );
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.(vue|ts)$/.test(entry.name) && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !path.includes("i18n"));
}

test("every sentence a screen asks for by name exists", () => {
  const known = new Set(keysOf(en));
  const asked = files(SOURCES).flatMap((path) => [
    ...readFileSync(path, "utf8").matchAll(
      /(?:\$t|\bt)\((?:[\w.?\s]+\? )?"([a-z]+\.[\w.]+)"(?: : "([a-z]+\.[\w.]+)")?/g,
    ),
  ]);
  const missing = asked.flatMap(([, one, other]) => [one, other]).filter((key) => key && !known.has(key));
  expect(missing).toEqual([]);
  expect(asked.length).toBeGreaterThan(200);
});

test("Chinese says everything English says, with the same blanks", () => {
  const blanks = (text: string) => [...new Set(text.match(/\{\w+\}/g))].sort();
  const look = (tree: object, key: string) =>
    key.split(".").reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], tree) as string;
  expect(keysOf(zh).sort()).toEqual(keysOf(en).sort());
  for (const key of keysOf(en)) expect([key, blanks(look(zh, key))]).toEqual([key, blanks(look(en, key))]);
});
