/** Canned replies, found by short code, title, or the initials of a title's pinyin. */

export interface Findable {
  short_code: string;
  title: string;
}

/** Where a conversation stands: which account it is on, and the language spoken in it. */
export interface Place {
  account: number | undefined;
  language: string;
}

/** Those one may use on this account, the conversation's language first, what is for any language next. */
export function fitting<T extends { accounts: number[]; language: string }>(
  templates: T[],
  { account, language }: Place,
) {
  const foreign = (template: T) => (template.language === language ? 0 : template.language ? 2 : 1);
  return templates
    .filter(({ accounts }) => !accounts.length || (account !== undefined && accounts.includes(account)))
    .sort((a, b) => foreign(a) - foreign(b));
}

/** First characters of each initial's stretch in pinyin order (GB/T 2312 sorting, as every ICU knows it). */
const BOUNDS: [string, string][] = [
  ["a", "阿"],
  ["b", "八"],
  ["c", "嚓"],
  ["d", "哒"],
  ["e", "妸"],
  ["f", "发"],
  ["g", "旮"],
  ["h", "哈"],
  ["j", "讥"],
  ["k", "咔"],
  ["l", "垃"],
  ["m", "妈"],
  ["n", "拏"],
  ["o", "噢"],
  ["p", "妑"],
  ["q", "七"],
  ["r", "呥"],
  ["s", "仨"],
  ["t", "他"],
  ["w", "穵"],
  ["x", "夕"],
  ["y", "丫"],
  ["z", "帀"],
];
const collator = new Intl.Collator("zh-Hans-CN-u-co-pinyin");

export function pinyinInitials(text: string): string {
  return [...text].map(initial).join("");
}

function initial(letter: string): string {
  if (!/\p{Script=Han}/u.test(letter)) return /[a-z0-9]/i.test(letter) ? letter.toLowerCase() : "";
  return BOUNDS.findLast(([, first]) => collator.compare(first, letter) <= 0)?.[0] ?? "";
}

/** Best first: the code begins so, then the initials begin so, then it stands somewhere in the title. */
export function findTemplates<T extends Findable>(templates: T[], wanted: string, most = 8): T[] {
  const needle = wanted.toLowerCase();
  const ranked = templates
    .map((template) => ({ template, rank: rank(template, needle) }))
    .filter((one) => one.rank < 9);
  return ranked
    .sort((a, b) => a.rank - b.rank)
    .slice(0, most)
    .map((one) => one.template);
}

function rank({ short_code, title }: Findable, needle: string): number {
  if (short_code.toLowerCase().startsWith(needle)) return 0;
  if (pinyinInitials(title).startsWith(needle)) return 1;
  if (title.toLowerCase().includes(needle)) return 2;
  return short_code.toLowerCase().includes(needle) ? 3 : 9;
}

/** The "/code" right before the cursor, if the person is writing one; it must begin a word. */
export function slashWord(text: string, cursor: number): { from: number; word: string } | null {
  const match = /(?:^|\s)\/([\p{L}\p{N}_-]*)$/u.exec(text.slice(0, cursor));
  return match ? { from: cursor - (match[1]?.length ?? 0) - 1, word: match[1] ?? "" } : null;
}

/** Who and what a template may speak of, as far as that is known. */
export interface Known {
  customer?: string;
  agent?: string;
  serial?: string;
}

/** Under both spellings of each. */
export function valuesOf({ customer = "", agent = "", serial = "" }: Known): Record<string, string> {
  return { customer, agent, serial, "customer.name": customer, "agent.name": agent, "ticket.serial": serial };
}

/** `{customer.name}`, `{agent.name}`, `{ticket.serial}` (or `{customer}`, `{agent}`, `{serial}`) become what they stand for;
 * unknown ones stay to be seen. */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{\{?\s*([\w.]+)\s*\}?\}/g, (all, name: string) => values[name] || all);
}
