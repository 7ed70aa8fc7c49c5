import type { HTMLAttributes } from "vue";

/** The attribute by which tests find an option; Vue's types know no data-*. */
export function marked(testid: string): HTMLAttributes {
  return { "data-testid": testid } as HTMLAttributes;
}
