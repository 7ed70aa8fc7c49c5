/** Slow-moving things many screens name: queues, colleagues, templates, panels of plugins, kinds of assets. */

import { defineStore } from "pinia";
import { ref } from "vue";
import { site } from "@/api";
import { get } from "@/api/client";
import type { AgentStatus, Disposition, Page, Panel } from "@/api/types";

export interface Queue {
  id: number;
  key: string;
  name: string;
  dispositions: (Disposition | string)[];
  department: { id: number; name: string } | null;
  enabled: boolean;
}

export interface Template {
  id: number;
  short_code: string;
  title: string;
  language: string;
  text: string;
}

export interface AssetType {
  id: number;
  key: string;
  names: Record<string, string>;
  fields: { key: string; type: string; names?: Record<string, string>; required?: boolean }[];
}

export const useDirectory = defineStore("directory", () => {
  const queues = ref<Queue[]>([]);
  const colleagues = ref<AgentStatus[]>([]);
  const templates = ref<Template[]>([]);
  const panels = ref<Panel[]>([]);
  const assetTypes = ref<AssetType[]>([]);

  const loadQueues = async () => (queues.value = await everything<Queue>("/queues"));
  const loadTemplates = async () => (templates.value = await everything<Template>("/templates"));
  const loadAssetTypes = async () => (assetTypes.value = await everything<AssetType>("/asset-types"));
  const loadColleagues = async () => (colleagues.value = (await site.agents()).items);
  const loadPanels = async () => (panels.value = (await site.panels()).items);

  function queue(id: number | undefined): Queue | undefined {
    return queues.value.find((other) => other.id === id);
  }

  return {
    queues,
    colleagues,
    templates,
    panels,
    assetTypes,
    loadQueues,
    loadTemplates,
    loadAssetTypes,
    loadColleagues,
    loadPanels,
    queue,
  };
});

/** All pages of a list that is short by nature. */
async function everything<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await get<Page<T>>(path, { limit: 200, cursor });
    items.push(...page.items);
    cursor = page.next;
  } while (cursor);
  return items;
}

export function dispositionsOf(queue: Queue | undefined): Disposition[] {
  return (queue?.dispositions ?? []).map((entry) =>
    typeof entry === "string" ? { code: entry, label: entry } : { ...entry, label: entry.label || entry.code },
  );
}
