/** Offers waiting for my answer. Each carries the moment it runs out on this machine's clock. */

import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { offers as api } from "@/api";
import { ApiError } from "@/api/client";
import type { HubEvent, Offer } from "@/api/types";
import { t } from "@/i18n";
import { announce, complain, say } from "@/parts/feedback";

export interface Ringing extends Offer {
  deadline: number;
  lasts: number;
}

export const useOffers = defineStore("offers", () => {
  const all = ref<Ringing[]>([]);
  const answered = ref(new Set<number>());
  const open = computed(() => all.value.filter((offer) => !answered.value.has(offer.id)));
  const missed = ref(false);

  async function refresh(): Promise<Ringing[]> {
    const page = await api.mine();
    const known = new Map(all.value.map((offer) => [offer.id, offer]));
    all.value = page.items
      .filter((offer) => offer.interaction)
      .map((offer) => {
        const before = known.get(offer.id);
        return before?.state === offer.state ? { ...before, interaction: offer.interaction } : ringing(offer);
      });
    return all.value.filter((offer) => !known.has(offer.id));
  }

  /** Returns the interaction to open, or null when somebody was faster. */
  async function accept(offer: Ringing): Promise<number | null> {
    answered.value.add(offer.id);
    try {
      return (await api.accept(offer.id)).interaction;
    } catch (error) {
      failed(offer, error);
      return null;
    }
  }

  async function reject(offer: Ringing): Promise<void> {
    answered.value.add(offer.id);
    try {
      await api.reject(offer.id);
      announce(t("offers.rejected"));
    } catch (error) {
      failed(offer, error);
    }
  }

  function failed(offer: Ringing, error: unknown): void {
    if (error instanceof ApiError && error.code === "OFFER_GONE") {
      const by = String((error.data.by as { name?: string } | null)?.name ?? error.data.by ?? "");
      say(by ? t("offers.taken_by", { name: by }) : t("offers.gone"), "warning");
      return;
    }
    answered.value.delete(offer.id);
    complain(error);
  }

  /** An offer of mine that ran out makes me not ready; the screen says so until I react. */
  function watch(event: HubEvent, me: number): void {
    if (event.type === "offer.ended" && event.user === me && event.data.state === "TIMED_OUT") missed.value = true;
  }

  /** The interaction of a call of mine that was answered on the phone, with no click here; null for all else. */
  function pickedUp(event: HubEvent, me: number): number | null {
    if (event.type !== "offer.ended" || event.user !== me || event.data.state !== "BRIDGED") return null;
    return open.value.find((offer) => offer.id === event.data.offer)?.interaction.id ?? null;
  }

  return { open, missed, refresh, accept, reject, watch, pickedUp };
});

function ringing(offer: Offer): Ringing {
  const total = (Date.parse(offer.expires_at) - Date.parse(offer.created_at)) / 1000;
  return { ...offer, deadline: Date.now() + offer.seconds_left * 1000, lasts: Math.max(1, Math.round(total)) };
}
