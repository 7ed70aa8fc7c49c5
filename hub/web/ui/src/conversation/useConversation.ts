import { computed, onScopeDispose, ref, shallowRef } from "vue";
import { interactions as api } from "@/api";
import { ApiError } from "@/api/client";
import type { InteractionDetail, Message, Ref } from "@/api/types";
import { now } from "@/parts/time";
import { useRefresh } from "@/parts/useRefresh";
import { useLive } from "@/stores/live";
import { useOutbox } from "@/stores/outbox";
import { useSession } from "@/stores/session";
import { useTabs } from "@/stores/tabs";
import { mergeMessages, timelineItems } from "./timelineItems";

const PAGE = 50;
export const FINAL = ["CLOSED", "ABANDONED", "FAILED"];

/** One conversation, kept true: what it is, what was said, who else looks at it. */
export function useConversation(id: number) {
  const live = useLive();
  const tabs = useTabs();
  const outbox = useOutbox();
  const session = useSession();
  const detail = ref<InteractionDetail | null>(null);
  const messages = shallowRef<Message[]>([]);
  const older = ref(false);
  const missing = ref(false);
  const viewers = ref<Ref[]>([]);

  async function loadDetail(): Promise<void> {
    try {
      detail.value = await api.one(id);
      tabs.learn(detail.value);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) missing.value = true;
      else throw error;
    }
  }

  async function loadMessages(): Promise<void> {
    const page = await api.messages(id, { limit: PAGE });
    const before = messages.value;
    const items = [...page.items].sort((a, b) => a.position - b.position);
    messages.value = mergeMessages(before, items);
    if (messages.value.length === items.length) older.value = page.next !== null || (items[0]?.position ?? 1) > 1;
    if (messages.value.at(-1)?.position !== before.at(-1)?.position) markRead();
  }

  async function loadOlder(): Promise<void> {
    const page = await api.messages(id, { before: messages.value[0]?.position ?? 0, limit: PAGE });
    const known = new Set(messages.value.map((message) => message.id));
    const fresh = page.items.filter((message) => !known.has(message.id)).sort((a, b) => a.position - b.position);
    messages.value = [...fresh, ...messages.value];
    older.value = fresh.length > 0 && (fresh[0]?.position ?? 1) > 1;
  }

  /** Seen only while the window is in front and the work is mine. */
  function markRead(): void {
    const mine = detail.value?.agent?.id === session.myId;
    if (mine && detail.value?.unread && document.visibilityState === "visible")
      void api.read(id).catch(() => undefined);
  }

  async function loadViewers(): Promise<void> {
    viewers.value = (await api.viewers(id)).items.filter((viewer) => viewer.id !== session.myId);
  }

  async function load(): Promise<void> {
    await Promise.all([loadDetail(), loadMessages()]);
    markRead();
  }

  useRefresh(() => [`interaction:${id}`], loadDetail);
  useRefresh(() => [`messages:${id}`], loadMessages);
  onScopeDispose(
    live.onSignal((signal) => {
      if (signal.interaction === id && signal.kind.startsWith("view")) void loadViewers().catch(() => undefined);
    }),
  );
  live.viewing(id);
  onScopeDispose(() => live.viewing(null));
  document.addEventListener("visibilitychange", markRead);
  onScopeDispose(() => document.removeEventListener("visibilitychange", markRead));
  const loading = load();
  void loading.then(loadViewers).catch(() => undefined);

  const waiting = computed(() => outbox.waiting.filter((item) => item.interaction === id));
  const items = computed(() =>
    timelineItems(messages.value, detail.value?.segments ?? [], waiting.value, !older.value, detail.value?.heard),
  );
  const customerTyping = computed(() => (tabs.typing[id] ?? 0) > now.value);
  const colleagueTyping = computed(() => {
    const colleague = tabs.colleagues[id];
    return colleague && colleague.until > now.value ? colleague.name : "";
  });
  const mine = computed(() => detail.value?.agent?.id === session.myId);
  const final = computed(() => FINAL.includes(detail.value?.state ?? ""));
  const lastPosition = computed(() => messages.value.at(-1)?.position ?? 0);

  return {
    id,
    detail,
    messages,
    items,
    older,
    missing,
    viewers,
    customerTyping,
    colleagueTyping,
    mine,
    final,
    lastPosition,
    loading,
    loadDetail,
    loadMessages,
    loadOlder,
  };
}

export type Conversation = ReturnType<typeof useConversation>;
