import { expect, test } from "vitest";
import { complaint, leaveQuestions } from "../src/answers";
import { contrast, ink, readable } from "../src/colour";
import { pieces, safe } from "../src/links";
import { size } from "../src/moments";
import type { Question } from "../src/protocol";
import { fill, pick, words } from "../src/texts";
import { kindTaken } from "../src/web";

test("every sentence is there in both languages, with the same places in it", () => {
  const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map((match) => match[0]).sort();
  const [en, zh] = [words("en"), words("zh")];
  for (const name of Object.keys(en) as (keyof typeof en)[]) {
    expect(zh[name], name).toBeTruthy();
    if (!name.startsWith("unread")) expect(places(zh[name]), name).toEqual(places(en[name]));
  }
});

test("the first known language wins, English when none is", () => {
  expect(pick(undefined, "zh-TW", "en")).toBe("zh");
  expect(pick("fr", "", "en-GB")).toBe("en");
  expect(pick("fr")).toBe("en");
});

test("values are put in once and only where they belong", () => {
  expect(fill("{n} ahead of {who}", { n: 3 })).toBe("3 ahead of {who}");
});

test("links are found without their punctuation, in Chinese sentences too", () => {
  expect(pieces("请看https://shop.test/a?b=1。谢谢")).toEqual([
    { text: "请看" },
    { text: "https://shop.test/a?b=1", href: "https://shop.test/a?b=1" },
    { text: "。谢谢" },
  ]);
  expect(pieces("(see http://a.test/x).")[1]?.href).toBe("http://a.test/x");
  expect(pieces("no link")).toEqual([{ text: "no link" }]);
});

test.each(["javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x", "http://"])(
  "%s leads nowhere",
  (href) => expect(safe(href, "https://shop.test")).toBeUndefined(),
);

test("a path from the hub becomes an address of the hub", () => {
  expect(safe("/c/web_chat/shop/files/x", "https://hub.test")).toBe("https://hub.test/c/web_chat/shop/files/x");
});

test.each(["#facc15", "#2f5fe0", "#000000", "#ffffff", "#7f7f7f", "#c2410c"])("%s can be read on and in", (colour) => {
  expect(contrast(ink(colour), colour)).toBeGreaterThanOrEqual(4.5);
  expect(contrast(readable(colour, "#ffffff"), "#ffffff")).toBeGreaterThanOrEqual(4.5);
  expect(contrast(readable(colour, "#16181d"), "#16181d")).toBeGreaterThanOrEqual(4.5);
});

const question = (kind: Question["kind"], required = false): Question => ({
  kind,
  name: kind,
  required,
  label: { en: "", zh: "" },
  choices: [],
});

test("answers are checked as the hub checks them", () => {
  expect(complaint(question("name", true), " ")).toBe("required");
  expect(complaint(question("name"), "")).toBeUndefined();
  expect(complaint(question("mailto"), "a@b")).toBe("mailto");
  expect(complaint(question("mailto", true), "a@b.cn")).toBeUndefined();
  expect(complaint(question("tel"), "12 3")).toBe("tel");
  expect(complaint(question("tel"), "138 0013 8000")).toBeUndefined();
});

test("who leaves a message can always be answered", () => {
  const asked = (form: Question[]) =>
    leaveQuestions(form)
      .filter((each) => each.required)
      .map((each) => each.kind);
  expect(asked([])).toEqual(["mailto"]);
  expect(asked([question("mailto")])).toEqual(["mailto"]);
  expect(asked([question("tel", true)])).toEqual(["tel"]);
});

test("sizes are said as people say them", () => {
  expect([size(999), size(12_345), size(2_000_000), size(2_540_000)]).toEqual(["999 B", "12 kB", "2 MB", "2.5 MB"]);
});

test("a file's kind is on the list or not", () => {
  expect(kindTaken("image/png", ["image/*"])).toBe(true);
  expect(kindTaken("application/x-msdownload", ["image/*", "application/pdf"])).toBe(false);
  expect(kindTaken("", ["image/*"])).toBe(false);
});
