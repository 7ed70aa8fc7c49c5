import { ref, shallowRef } from "vue";
import type { Page } from "@/api/types";
import { complain } from "./feedback";

/** A list read page by page; `fetch` gets the cursor, null for the first page. */
export function usePages<T extends { id: number }>(fetch: (cursor: string | null) => Promise<Page<T>>) {
  const items = shallowRef<T[]>([]);
  const next = ref<string | null>(null);
  const loading = ref(false);
  let asked = 0;

  async function load(cursor: string | null): Promise<void> {
    const mine = ++asked;
    loading.value = true;
    try {
      const page = await fetch(cursor);
      if (mine !== asked) return;
      items.value = cursor ? [...items.value, ...page.items] : page.items;
      next.value = page.next;
    } catch (error) {
      complain(error);
    } finally {
      if (mine === asked) loading.value = false;
    }
  }

  const refresh = () => load(null);
  const more = () => (next.value && !loading.value ? load(next.value) : Promise.resolve());
  return { items, next, loading, refresh, more };
}
