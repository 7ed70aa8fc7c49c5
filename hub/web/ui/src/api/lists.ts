import { get } from "./client";
import type { Page } from "./types";

/** Everything of a list that is short by nature: some come bare, some in pages. */
export async function all<T>(path: string): Promise<T[]> {
  let answer = await get<T[] | Page<T>>(path);
  if (Array.isArray(answer)) return answer;
  const items = [...answer.items];
  while (answer.next) {
    answer = await get<Page<T>>(path, { cursor: answer.next });
    items.push(...answer.items);
  }
  return items;
}
