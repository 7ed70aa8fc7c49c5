import { expect, test } from "vitest";
import { type Schema, schemaFields } from "./schemaFields";

const schema: Schema = {
  properties: {
    host: { type: "string", title: "Host", description: "Where the server is" },
    port: { type: "integer", default: 993 },
    tls: { $ref: "#/$defs/Tls", default: "STARTTLS" },
    password: { anyOf: [{ type: "string", format: "password", writeOnly: true }, { type: "null" }], title: "Password" },
    folders: { type: "array", items: { type: "string" }, default: ["INBOX"] },
    poll: { type: "boolean", default: true },
    extra: { anyOf: [{ type: "object" }, { type: "null" }], default: null },
    more: { type: "object" },
    headers: { type: "object", additionalProperties: { type: "string" } },
  },
  required: ["host", "poll"],
  $defs: { Tls: { enum: ["NONE", "STARTTLS", "TLS"], type: "string", title: "Tls" } },
};
const byKey = Object.fromEntries(schemaFields(schema).map((field) => [field.key, field]));

test("each kind of setting gets the input that fits it", () => {
  const kinds = Object.fromEntries(Object.entries(byKey).map(([key, field]) => [key, field.kind]));
  expect(kinds).toEqual({
    host: "text",
    port: "number",
    tls: "select",
    password: "password",
    folders: "tags",
    poll: "switch",
    extra: "json",
    more: "json",
    headers: "pairs",
  });
});

test("defaults, choices and what must be given are kept", () => {
  expect(byKey.port?.start).toBe(993);
  expect([byKey.extra?.start, byKey.more?.start]).toEqual([null, undefined]);
  expect(byKey.tls?.choices?.().map((choice) => choice.value)).toEqual(["NONE", "STARTTLS", "TLS"]);
  expect([byKey.host?.required, byKey.port?.required, byKey.poll?.required]).toEqual([true, false, false]);
});

test("a part of the settings is a group, asked when its neighbour has its name chosen", () => {
  const carrier: Schema = { type: "object", properties: { host: { type: "string" } }, required: ["host"] };
  const kinds: Schema = { type: "string", enum: ["smpp", "http"], default: "smpp" };
  const optional: Schema = { anyOf: [{ $ref: "#/$defs/Carrier" }, { type: "null" }], default: null };
  const found = schemaFields({
    properties: { kind: kinds, smpp: optional, more: optional },
    $defs: { Carrier: carrier },
  });
  expect(found.map(({ kind, when }) => [kind, when])).toEqual([
    ["select", undefined],
    ["group", { key: "kind", chosen: "smpp" }],
    ["group", undefined],
  ]);
  expect(found[1]?.fields?.map(({ key, required }) => [key, required])).toEqual([["host", true]]);
});

test("a channel without settings asks nothing", () => {
  expect(schemaFields(null)).toEqual([]);
});
