import { ref } from "vue";
import { ApiError } from "@/api/client";
import type { NewMessage } from "@/api/types";
import type { Conversation } from "@/conversation/useConversation";
import { t } from "@/i18n";
import { announce, complain, confirm, say } from "@/parts/feedback";
import { useOutbox } from "@/stores/outbox";
import { useSession } from "@/stores/session";
import type { Restored } from "./useDraft";

export type Then = NewMessage["then"];

/** Sending: with time to take it back where nobody waits at the other end, and a second look when the customer wrote meanwhile. */
export function useSending(conversation: Conversation, seen: () => number) {
  const outbox = useOutbox();
  const session = useSession();
  const busy = ref(false);

  /** Returns whether the draft is out of the writer's hands. */
  async function send(draft: Restored, then?: Then, disposition?: string): Promise<boolean> {
    busy.value = true;
    const key = crypto.randomUUID();
    try {
      return await deliver({ ...message(draft), then, disposition, idempotency_key: key });
    } catch (error) {
      complain(error);
      return false;
    } finally {
      busy.value = false;
      await conversation.loadMessages().catch(() => undefined);
    }
  }

  async function deliver(wanted: NewMessage): Promise<boolean> {
    try {
      const result = await outbox.send(conversation.id, wanted);
      if ("waiting" in result) say(t("delivery.offline"), "info");
      else announce(t("composer.sent"));
      return true;
    } catch (error) {
      if (!isCollision(error) || !(await secondLook())) {
        if (isCollision(error)) return false;
        throw error;
      }
      const { expected_position: _seen, ...again } = wanted;
      return deliver({ ...again, idempotency_key: crypto.randomUUID() });
    }
  }

  async function secondLook(): Promise<boolean> {
    await conversation.loadMessages();
    return confirm(t("collision.title"), t("collision.text"), t("collision.anyway"));
  }

  function message(draft: Restored): NewMessage {
    const isNote = draft.kind === "NOTE";
    const live = conversation.detail.value?.capabilities?.live ?? false;
    return {
      kind: draft.kind,
      text: draft.text || String(draft.fields.title ?? draft.fields.url ?? ""),
      fields: isNote ? {} : sendable(draft.fields),
      attachments: draft.attachments.map((file) => file.id),
      undo_seconds: isNote || live ? 0 : (session.preferences.undo_seconds ?? 10),
      expected_position: isNote ? undefined : seen(),
    };
  }

  return { busy, send };
}

function isCollision(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409 && error.code === "CONFLICT";
}

function sendable(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => (Array.isArray(value) ? value.length : value)),
  );
}
