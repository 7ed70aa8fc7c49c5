/** A kind of record an administrator keeps: where it lives, what the table shows, what the form asks. */

/** A type alias, because Naive UI's options carry an index signature that interfaces lack. */
export type Choice = {
  value: string | number;
  label: string;
};

export interface Field {
  key: string;
  label: string;
  kind:
    | "text"
    | "password"
    | "lines"
    | "number"
    | "switch"
    | "select"
    | "multi"
    | "tags"
    | "levels"
    | "pairs"
    | "hours"
    | "json"
    | "group";
  /** What a group is made of. */
  fields?: Field[];
  /** Asked only while the select of that key has this chosen. */
  when?: { key: string; chosen: string };
  choices?: () => Choice[];
  required?: boolean;
  hint?: string;
  /** Asked only when the record is made, or only when it is changed. */
  only?: "new" | "old";
  start?: unknown;
}

export interface RecordRow extends Record<string, unknown> {
  id: number;
}

/** What the form starts with: the record's values, references as their ids. */
export function formOf(fields: Field[], row: RecordRow | null): Record<string, unknown> {
  return Object.fromEntries(
    fields.map((field) => [field.key, field.fields ? group(field, row) : row ? plain(row[field.key]) : blank(field)]),
  );
}

/** What of a group is not there yet starts as in a new one. */
function group({ key, fields = [] }: Field, row: RecordRow | null): Record<string, unknown> {
  const given = (row?.[key] ?? null) as Record<string, unknown> | null;
  const fresh = formOf(fields, null);
  return given ? formOf(fields, { id: 0, ...fresh, ...given }) : fresh;
}

/** Whether it is asked, as the form stands. */
export function isAsked({ when }: Field, form: Record<string, unknown>): boolean {
  return !when || form[when.key] === when.chosen;
}

/** Only what was changed is sent; an empty password means: leave it. */
export function changesOf(
  fields: Field[],
  before: Record<string, unknown>,
  form: Record<string, unknown>,
  isNew: boolean,
) {
  const wanted = fields.filter((field) => (isNew ? field.only !== "old" : field.only !== "new"));
  return Object.fromEntries(
    wanted
      .filter((field) => isNew || JSON.stringify(form[field.key]) !== JSON.stringify(before[field.key]))
      .filter((field) => !(field.kind === "password" && !form[field.key]))
      .map((field) => [field.key, isAsked(field, form) ? said(field, form[field.key]) : null]),
  );
}

/** A group goes as a whole, without the passwords that are to stay. */
function said(field: Field, value: unknown): unknown {
  if (field.kind === "json") return parsed(value);
  return field.fields ? changesOf(field.fields, {}, (value ?? {}) as Record<string, unknown>, true) : value;
}

function plain(value: unknown): unknown {
  const reference =
    value !== null && typeof value === "object" && !Array.isArray(value) && "id" in value && "name" in value;
  return reference ? value.id : copied(value);
}

function blank(field: Field): unknown {
  return copied(field.start === undefined ? empty(field) : field.start);
}

function empty(field: Field): unknown {
  const nothing: Partial<Record<Field["kind"], unknown>> = {
    switch: true,
    number: 0,
    multi: [],
    tags: [],
    levels: {},
    pairs: {},
    json: {},
    select: null,
  };
  return field.kind in nothing ? nothing[field.kind] : "";
}

function parsed(value: unknown): unknown {
  return typeof value === "string" ? JSON.parse(value) : value;
}

/** A deep copy of JSON; Vue's reactive objects cannot be cloned by the browser itself. */
export function copied<T>(value: T): T {
  return value === undefined ? value : (JSON.parse(JSON.stringify(value)) as T);
}
