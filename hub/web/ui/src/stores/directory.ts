/** Slow-moving things many screens name: queues, colleagues, templates, panels of plugins, kinds of assets. */

import { defineStore } from "pinia";
import { ref } from "vue";
import { all } from "@/api/lists";
import type { AgentStatus, Capabilities, Disposition, Panel } from "@/api/types";
import { readable } from "@/parts/words";

export interface Queue {
  id: number;
  key: string;
  name: string;
  dispositions: string[];
  wrap_up_seconds: number;
  department: { id: number; name: string } | null;
  enabled: boolean;
}

export interface Template {
  id: number;
  short_code: string;
  title: string;
  language: string;
  text: string;
  /** None: for all of them. */
  accounts: number[];
  /** What a carrier who approved the text calls it. */
  reference: string;
}

/** What a channel can do; screens look there, never at its name. */
export interface ChannelInfo {
  name: string;
  capabilities: Capabilities;
}

export interface AssetType {
  key: string;
  names: Record<string, string>;
  fields: { key: string; type: string; names?: Record<string, string>; required?: boolean; choices?: string[] }[];
}

export const useDirectory = defineStore("directory", () => {
  const queues = ref<Queue[]>([]);
  const colleagues = ref<AgentStatus[]>([]);
  const templates = ref<Template[]>([]);
  const panels = ref<Panel[]>([]);
  const assetTypes = ref<AssetType[]>([]);

  const channels = ref<ChannelInfo[]>([]);

  const loadQueues = async () => (queues.value = await all<Queue>("/queues"));
  const loadTemplates = async () => (templates.value = await all<Template>("/templates"));
  const loadAssetTypes = async () => (assetTypes.value = await all<AssetType>("/asset-types"));
  const loadColleagues = async () => (colleagues.value = await all<AgentStatus>("/agents"));
  const loadPanels = async () => (panels.value = await all<Panel>("/panels"));

  const loadChannels = async () => (channels.value = await all<ChannelInfo>("/channels"));

  function capabilities(channel: string): Capabilities | undefined {
    return channels.value.find((one) => one.name === channel)?.capabilities;
  }

  function queue(id: number | null | undefined): Queue | undefined {
    return queues.value.find((other) => other.id === id);
  }

  return {
    channels,
    loadChannels,
    capabilities,
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

export function dispositionsOf(queue: Queue | undefined): Disposition[] {
  return (queue?.dispositions ?? []).map((code) => ({ code, label: readable(code) }));
}
