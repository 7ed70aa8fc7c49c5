import type { Capabilities, Ref } from "@/api/types";
import type { Schema } from "./schemaFields";

/** A channel as its plugin describes it: what its connections and accounts ask, what it can do. */
export interface ChannelInfo {
  name: string;
  title?: string;
  plugin?: string;
  connection: Schema | null;
  account: Schema | null;
  capabilities: Capabilities;
}

export interface Connection {
  id: number;
  channel: string;
  name: string;
  settings: Record<string, unknown>;
  enabled: boolean;
  state: string;
  state_detail: string;
  state_at: string | null;
}

export interface Account {
  id: number;
  channel: string;
  name: string;
  scheme: string;
  address: string;
  settings: Record<string, unknown>;
  connection: number | null;
  queue: Ref | null;
  department: Ref | null;
  flow: string;
  opens_ticket: boolean;
  language: string;
  enabled: boolean;
}
