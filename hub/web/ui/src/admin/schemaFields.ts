/** Turns the JSON schema of a channel's settings into fields of a form. What it cannot draw becomes a JSON field. */

import type { Field } from "./resource";

export interface Schema {
  type?: string;
  title?: string;
  description?: string;
  default?: unknown;
  enum?: (string | number)[];
  format?: string;
  writeOnly?: boolean;
  items?: Schema;
  anyOf?: Schema[];
  allOf?: Schema[];
  $ref?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  $defs?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
}

export function schemaFields(schema: Schema | null | undefined): Field[] {
  const required = new Set(schema?.required ?? []);
  const defs = schema?.$defs ?? {};
  const fields = Object.entries(schema?.properties ?? {}).map(([key, raw]) =>
    field(key, resolve(raw, defs), required.has(key), defs),
  );
  return fields.map((one) => ({ ...one, ...chosenBy(fields, one) }));
}

/** A group that bears the name of a choice of its neighbour is asked when that is chosen. */
function chosenBy(fields: Field[], { key, kind }: Field): Pick<Field, "when"> {
  const select = fields.find((other) => other.choices?.().some(({ value }) => value === key));
  return kind === "group" && select ? { when: { key: select.key, chosen: key } } : {};
}

/** Whether the value is never given back by the server. */
export function isSecret(schema: Schema): boolean {
  return schema.writeOnly === true || schema.format === "password";
}

function field(key: string, schema: Schema, required: boolean, defs: Record<string, Schema>): Field {
  const mayBeNothing = kindOf(schema) === "number" || (kindOf(schema) === "json" && schema.default === null);
  const start = schema.default ?? (mayBeNothing ? null : undefined);
  const choices = schema.enum?.map((value) => ({ value, label: String(value) }));
  return {
    key,
    label: kindOf(schema) === "group" ? key : (schema.title ?? key), // a group's title is its model's
    kind: kindOf(schema),
    hint: schema.description,
    required: required && schema.type !== "boolean",
    ...(choices ? { choices: () => choices } : {}),
    ...(kindOf(schema) === "group" ? { fields: schemaFields({ ...schema, $defs: defs }) } : {}),
    ...(start === undefined ? {} : { start }),
  };
}

function kindOf(schema: Schema): Field["kind"] {
  if (isSecret(schema)) return "password";
  if (schema.enum) return "select";
  if (schema.type === "boolean") return "switch";
  if (schema.type === "integer" || schema.type === "number") return "number";
  if (schema.type === "array" && schema.items?.type === "string") return "tags";
  if (schema.type === "string") return "text";
  if (schema.type === "object" && schema.properties) return "group";
  const held = schema.type === "object" ? schema.additionalProperties : undefined;
  if (typeof held === "object" && held.type === "string") return "pairs";
  return "json";
}

/** Follows references and drops the "or nothing" of optional values. */
function resolve(schema: Schema, defs: Record<string, Schema>): Schema {
  if (schema.$ref) {
    const { $ref, ...own } = schema;
    return resolve({ ...(defs[$ref.split("/").at(-1) ?? ""] ?? {}), ...own }, defs);
  }
  const inner = (schema.anyOf ?? schema.allOf)?.filter((one) => one.type !== "null");
  if (inner?.length !== 1 || !inner[0]) return schema;
  const { anyOf: _any, allOf: _all, ...own } = schema;
  return { ...resolve(inner[0], defs), ...own };
}
