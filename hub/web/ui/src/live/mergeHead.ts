/** A list that was scrolled further than one page, brought up to date by its refetched head. */
export function mergeHead<T extends { id: number }>(loaded: T[], head: T[], complete: boolean): T[] {
  if (complete || head.length >= loaded.length) return head;
  const fresh = new Set(head.map((item) => item.id));
  const last = head.at(-1);
  const cut = last ? loaded.findIndex((item) => item.id === last.id) : -1;
  const tail = loaded.slice(cut < 0 ? head.length : cut + 1);
  return [...head, ...tail.filter((item) => !fresh.has(item.id))];
}
