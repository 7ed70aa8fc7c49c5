import { expect, test } from "vitest";
import { fill, findTemplates, fitting, pinyinInitials, slashWord, valuesOf } from "./templates";

const templates = [
  { short_code: "hello", title: "Greeting" },
  { short_code: "bx", title: "保修政策" },
  { short_code: "t1", title: "退款流程" },
  { short_code: "warranty", title: "Warranty terms" },
];
const codes = (wanted: string) => findTemplates(templates, wanted).map((template) => template.short_code);

test("a title is found by its pinyin initials", () => {
  expect(pinyinInitials("退款流程")).toBe("tklc");
  expect(codes("tk")).toEqual(["t1"]);
});

test("the short code comes before the title", () => {
  expect(codes("b")).toEqual(["bx"]);
  expect(codes("wa")).toEqual(["warranty"]);
  expect(codes("terms")).toEqual(["warranty"]);
  expect(codes("保修")).toEqual(["bx"]);
});

test("nothing typed shows everything, nonsense nothing", () => {
  expect(codes("")).toHaveLength(4);
  expect(codes("qqq")).toEqual([]);
});

test("what is for other accounts is not offered, the language spoken comes first", () => {
  const made = (title: string, language: string, ...accounts: number[]) => ({ title, language, accounts });
  const all = [
    made("hello", "en"),
    made("any", ""),
    made("code", "zh", 4),
    made("theirs", "zh", 5),
    made("您好", "zh"),
  ];
  const titles = (account: number | undefined, language: string) =>
    fitting(all, { account, language }).map(({ title }) => title);
  expect(titles(4, "zh")).toEqual(["code", "您好", "any", "hello"]);
  expect(titles(undefined, "en")).toEqual(["hello", "any", "您好"]);
});

test("a slash begins a template only where a word begins", () => {
  expect(slashWord("Hello /wa", 9)).toEqual({ from: 6, word: "wa" });
  expect(slashWord("/", 1)).toEqual({ from: 0, word: "" });
  expect(slashWord("and/or", 6)).toBeNull();
  expect(slashWord("您好 /退", 5)).toEqual({ from: 3, word: "退" });
});

test("unknown placeholders stay to be seen", () => {
  expect(fill("Dear {customer}, {{ serial }} {what}", { customer: "Li", serial: "A1" })).toBe("Dear Li, A1 {what}");
  expect(fill("{customer.name}您好 {ticket.what}", { "customer.name": "李" })).toBe("李您好 {ticket.what}");
});

test("what is not known of a contact stays to be seen", () => {
  const text = "{customer.name}, {agent} has {serial}.";
  expect(fill(text, valuesOf({ agent: "Lin" }))).toBe("{customer.name}, Lin has {serial}.");
  expect(fill(text, valuesOf({ customer: "王", agent: "Lin", serial: "A1" }))).toBe("王, Lin has A1.");
});
