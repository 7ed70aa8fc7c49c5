/** What blocks what, as a form edits it: the stored document with everything it leaves out. */

import type { Blending, Medium } from "@/api/types";
import { copied } from "../resource";

export const ALL_MEDIA: Medium[] = ["VOICE", "LIVE_TEXT", "DEFERRED"];
/** What holds unless the site says otherwise. */
export const USUAL: Partial<Record<Medium, Medium[]>> = { VOICE: ["LIVE_TEXT", "DEFERRED"], LIVE_TEXT: ["VOICE"] };

export type Edited = Blending & { blocks: Partial<Record<Medium, Medium[]>> };

export function blendingOf(stored: Blending | null): Edited {
  const nothing = { interrupts: {}, channels: {}, weights: {}, budget: null };
  return { ...nothing, ...copied(stored ?? {}), blocks: copied(stored?.blocks ?? USUAL) };
}

/** The media of a row, set or taken out. */
export function withRow(
  table: Partial<Record<Medium, Medium[]>>,
  row: Medium,
  media: Medium[],
): Partial<Record<Medium, Medium[]>> {
  const { [row]: _before, ...rest } = table;
  return media.length ? { ...rest, [row]: media } : rest;
}

/** As it is saved: what is as usual is left to be so. */
export function saved(edited: Edited): Blending {
  const asUsual = ALL_MEDIA.every((row) => same(edited.blocks[row] ?? [], USUAL[row] ?? []));
  return { ...copied(edited), blocks: asUsual ? null : copied(edited.blocks) };
}

function same(some: Medium[], others: Medium[]): boolean {
  return some.length === others.length && some.every((one) => others.includes(one));
}
