import { expect, test } from "vitest";
import { changesOf, type Field, formOf } from "./resource";

const fields: Field[] = [
  { key: "login", label: "Login", kind: "text", only: "new" },
  { key: "name", label: "Name", kind: "text" },
  { key: "password", label: "Password", kind: "password" },
  { key: "department", label: "Department", kind: "select" },
  { key: "roles", label: "Roles", kind: "multi" },
];
const row = { id: 4, login: "anna", name: "Anna", department: { id: 2, name: "Sales" }, roles: ["agent"] };

test("a reference is edited as its id", () => {
  expect(formOf(fields, row)).toMatchObject({ name: "Anna", department: 2, roles: ["agent"] });
});

test("only changes are sent, and no empty password", () => {
  const before = formOf(fields, row);
  const form = { ...before, roles: ["agent", "supervisor"], password: "" };
  expect(changesOf(fields, before, form, false)).toEqual({ roles: ["agent", "supervisor"] });
});

test("a group goes as a whole, without an empty password, and not at all where it is not asked", () => {
  const inner: Field[] = [
    { key: "host", label: "Host", kind: "text" },
    { key: "port", label: "Port", kind: "number", start: 2775 },
    { key: "password", label: "Password", kind: "password" },
  ];
  const grouped: Field[] = [
    { key: "kind", label: "Kind", kind: "select" },
    { key: "smpp", label: "SMPP", kind: "group", fields: inner, when: { key: "kind", chosen: "smpp" } },
    { key: "http", label: "HTTP", kind: "group", fields: inner, when: { key: "kind", chosen: "http" } },
  ];
  const before = formOf(grouped, { id: 1, kind: "smpp", smpp: { host: "old" } });
  expect(before).toEqual({
    kind: "smpp",
    smpp: { host: "old", port: 2775, password: "" },
    http: { host: "", port: 2775, password: "" },
  });
  const form = { ...before, smpp: { host: "new", port: 2775, password: "" } };
  expect(changesOf(grouped, before, form, false)).toEqual({ smpp: { host: "new", port: 2775 } });
  expect(changesOf(grouped, {}, form, true)).toEqual({ kind: "smpp", smpp: { host: "new", port: 2775 }, http: null });
});

test("a new record carries everything that was asked", () => {
  const form = { ...formOf(fields, null), login: "li", name: "Li", password: "secret-enough" };
  expect(changesOf(fields, {}, form, true)).toEqual({
    login: "li",
    name: "Li",
    password: "secret-enough",
    department: null,
    roles: [],
  });
});
