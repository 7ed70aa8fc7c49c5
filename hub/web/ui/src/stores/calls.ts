/** The calls I am in, on whatever page I am. */

import { defineStore } from "pinia";
import { computed, ref } from "vue";
import { calls as api } from "@/api";
import type { HubEvent, InteractionDetail, Leg, Party } from "@/api/types";
import { useLive } from "./live";
import { useSession } from "./session";

/** What makes a call mine, or no longer. */
const MINE = /^(offer|work|consult)\./;

export const useCalls = defineStore("calls", () => {
  const live = useLive();
  const session = useSession();
  const all = ref<InteractionDetail[]>([]);
  const open = computed(() => all.value.filter(legIn));
  /** What a key is about while no call's own page is open: the one that can be heard. */
  const loudest = computed(
    () => open.value.find((call) => legIn(call)?.up && call.state !== "ON_HOLD") ?? open.value[0],
  );

  async function refresh(): Promise<void> {
    all.value = (await api.mine()).items;
  }

  /** My own leg of a call. */
  function legIn(call: InteractionDetail): Leg | undefined {
    return call.legs.find((leg) => leg.user === session.myId);
  }

  /** As whom I am in it; their `leg` is what a telephone knows it by. */
  function meIn(call: InteractionDetail): Party | undefined {
    return call.parties.find((party) => party.user === session.myId && party.role !== "SUPERVISOR");
  }

  function concerns({ type, user, interaction }: HubEvent): boolean {
    return (user === session.myId && MINE.test(type)) || all.value.some((call) => call.id === interaction);
  }

  /** Keep the list true until the returned function is called. */
  function follow(): () => void {
    const offs = [
      live.refresher.register("calls", refresh),
      live.onEvent((event) => concerns(event) && live.refresher.ask(["calls"])),
    ];
    live.refresher.ask(["calls"]);
    return () => {
      for (const off of offs) off();
    };
  }

  return { all, open, loudest, legIn, meIn, refresh, follow };
});
