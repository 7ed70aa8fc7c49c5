import type { Capabilities, Ref } from "@/api/types";
import type { Schema } from "./schemaFields";

/** A channel as its plugin describes it: what its connections and accounts ask, what it can do. */
export interface ChannelInfo {
  name: string;
  plugin: string;
  connection_schema: Schema;
  account_schema: Schema;
  capabilities: Capabilities;
  listens: boolean;
}

export interface Connection {
  id: number;
  channel: string;
  name: string;
  settings: Record<string, unknown>;
  has_secrets: boolean;
  enabled: boolean;
  state: string;
  state_detail: string;
  state_at: string | null;
}

export interface Account {
  id: number;
  connection: Ref | null;
  channel: string;
  name: string;
  scheme: string;
  address: string;
  settings: Record<string, unknown>;
  has_secrets: boolean;
  queue: Ref | null;
  department: Ref | null;
  flow: string;
  opens_ticket: boolean;
  language: string;
  enabled: boolean;
}
