/** The list on the left: which view or queue, how it is filtered, what is in it, and how many wait where. */

import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { interactions as api } from "@/api";
import type { Query } from "@/api/client";
import type { Counts, Interaction, View } from "@/api/types";
import { mergeHead } from "@/live/mergeHead";

export type Place = { view: View; queue?: undefined } | { queue: number; view?: undefined };
export const VIEWS: View[] = ["mine", "team", "waiting", "unassigned", "all"];
export const ONGOING =
  "INITIATED,SELF_SERVICE,QUEUED,OFFERED,CONNECTED,ON_HOLD,CONSULTING,CONFERENCED,TRANSFERRING,AWAITING_CUSTOMER,SNOOZED,PARKED";
const PAGE = 50;
const MOST = 200;

export const useInbox = defineStore("inbox", () => {
  const place = ref<Place>({ view: "mine" });
  const text = ref("");
  const closedToo = ref(false);
  const items = ref<Interaction[]>([]);
  const next = ref<string | null>(null);
  const counts = ref<Counts | null>(null);
  const loading = ref(false);
  const failed = ref(false);
  let asked = 0;

  const query = computed<Query>(() => ({
    ...(place.value.view ? { view: place.value.view } : { queue: place.value.queue }),
    state: closedToo.value ? "" : ONGOING,
    q: text.value,
  }));

  /** A new place or filter: forget the old list, so that nothing of it is mistaken for an answer. */
  async function open(change: { place?: Place; text?: string; closedToo?: boolean }): Promise<void> {
    if (change.place) place.value = change.place;
    if (change.text !== undefined) text.value = change.text;
    if (change.closedToo !== undefined) closedToo.value = change.closedToo;
    items.value = [];
    next.value = null;
    await refresh();
  }

  async function refresh(): Promise<void> {
    const mine = ++asked;
    loading.value = items.value.length === 0;
    try {
      const limit = Math.min(MOST, Math.max(PAGE, items.value.length));
      const page = await api.list({ ...query.value, limit });
      if (mine !== asked) return;
      const complete = page.next === null || items.value.length <= page.items.length;
      items.value = mergeHead(items.value, page.items, complete);
      if (complete) next.value = page.next;
      failed.value = false;
    } catch (error) {
      failed.value = items.value.length === 0;
      throw error;
    } finally {
      if (mine === asked) loading.value = false;
    }
  }

  async function more(): Promise<void> {
    if (!next.value || loading.value) return;
    const mine = asked;
    loading.value = true;
    try {
      const page = await api.list({ ...query.value, limit: PAGE, cursor: next.value });
      if (mine !== asked) return;
      const known = new Set(items.value.map((item) => item.id));
      items.value = [...items.value, ...page.items.filter((item) => !known.has(item.id))];
      next.value = page.next;
    } finally {
      loading.value = false;
    }
  }

  async function count(): Promise<void> {
    counts.value = await api.counts();
  }

  return { place, text, closedToo, items, next, counts, loading, failed, open, refresh, more, count };
});
