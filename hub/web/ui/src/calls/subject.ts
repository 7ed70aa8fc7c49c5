import { type ComputedRef, computed, type Ref } from "vue";
import type { InteractionDetail } from "@/api/types";
import { FINAL } from "@/conversation/useConversation";
import { useCalls } from "@/stores/calls";
import { useSession } from "@/stores/session";

/** What dialogs and bars must know of a conversation they are about; its own page has more. */
export interface Subject {
  id: number;
  detail: Ref<InteractionDetail | null> | ComputedRef<InteractionDetail | null>;
  mine: ComputedRef<boolean>;
  final: ComputedRef<boolean>;
  loadDetail(): Promise<void>;
}

/** A call of mine as a subject, wherever I am. */
export function useSubject(call: () => InteractionDetail): Subject {
  const calls = useCalls();
  const session = useSession();
  return {
    id: call().id,
    detail: computed(call),
    mine: computed(() => call().agent?.id === session.myId),
    final: computed(() => FINAL.includes(call().state)),
    loadDetail: calls.refresh,
  };
}
