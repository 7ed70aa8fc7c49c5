/** Open work as tabs: kept for this window, refetched when an event touches them. */

import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { interactions as api, calls } from "@/api";
import { ApiError } from "@/api/client";
import type { Interaction } from "@/api/types";
import { useLive } from "./live";

const KEY = "hub.tabs";
const MOST = 12;

export const useTabs = defineStore("tabs", () => {
  const live = useLive();
  const ids = ref<number[]>(JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as number[]);
  const known = ref<Record<number, Interaction>>({});
  const typing = ref<Record<number, number>>({});
  const colleagues = ref<Record<number, { name: string; until: number }>>({});
  const release = new Map<number, () => void>();
  const tabs = computed(() => ids.value.map((id) => known.value[id]).filter((tab) => tab !== undefined));

  function open(id: number): void {
    if (!ids.value.includes(id)) keep([...ids.value, id].slice(-MOST));
    follow(id);
  }

  function close(id: number): void {
    keep(ids.value.filter((other) => other !== id));
    release.get(id)?.();
    release.delete(id);
  }

  /** The tab to show when `id` closes: its right neighbour, else the left one. */
  function neighbour(id: number): number | null {
    const place = ids.value.indexOf(id);
    return ids.value[place + 1] ?? ids.value[place - 1] ?? null;
  }

  /** What this window had open, and what I hold that no list of mine shows: call-backs, consultations. */
  async function restore(): Promise<void> {
    ids.value.forEach(follow);
    for (const { interaction } of (await calls.tasks()).items) if (interaction !== null) open(interaction);
  }

  function learn(interaction: Interaction): void {
    known.value[interaction.id] = interaction;
  }

  /** Somebody types in a conversation: shown for six seconds, unless they say that they stopped. */
  function types(id: number, name: string, isColleague: boolean, on: boolean): void {
    const until = on ? Date.now() + 6000 : 0;
    if (isColleague) colleagues.value[id] = { name, until };
    else typing.value[id] = until;
  }

  function follow(id: number): void {
    if (release.has(id)) return;
    const fetch = () => refetch(id);
    release.set(id, live.refresher.register(`interaction:${id}`, fetch));
    void fetch();
  }

  async function refetch(id: number): Promise<void> {
    try {
      learn(await api.one(id));
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) close(id);
      else throw error;
    }
  }

  function keep(next: number[]): void {
    ids.value = next;
    sessionStorage.setItem(KEY, JSON.stringify(next));
  }

  return { ids, tabs, known, typing, colleagues, open, close, neighbour, restore, learn, types };
});
