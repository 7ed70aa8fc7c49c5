/** What was said, sent, or is being written. */

export interface Attachment {
  id: number;
  name: string;
  media_type: string;
  size: number;
  inline?: boolean;
  content_id?: string;
}

export interface Delivery {
  id: number;
  state: string;
  attempts: number;
  due_at: string | null;
  error_code: string;
  error: string;
  recipient: unknown;
}

export interface Message {
  id: number;
  position: number;
  direction: "INBOUND" | "OUTBOUND" | "INTERNAL";
  kind: string;
  text: string;
  html: boolean;
  quoted: string;
  fields: Record<string, unknown>;
  author: { kind: "customer" | "user" | "system"; id: number | null; name: string };
  external_id: string;
  delivery: Delivery | null;
  attachments: Attachment[];
  automatic: boolean;
  created_at: string;
  sent_at: string | null;
}

export interface NewMessage {
  kind: string;
  text: string;
  html?: string;
  fields?: Record<string, unknown>;
  attachments?: number[];
  then?: "AWAITING_CUSTOMER" | "CLOSED";
  disposition?: string;
  undo_seconds?: number;
  expected_position?: number;
  idempotency_key?: string;
}

export interface Draft {
  text: string;
  html?: string;
  fields: Record<string, unknown>;
  attachments: number[];
  kind: string;
  forms: Forms;
}

/** Forms that are open beside a conversation: what stands in each, as JSON, by its name. */
export type Forms = Record<string, string>;
