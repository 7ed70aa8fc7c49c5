/** From which of the site's accounts one may call what kind of address. Slow-moving: asked once. */

import { defineStore } from "pinia";
import { ref } from "vue";
import { all } from "@/api/lists";
import { useDirectory } from "./directory";

interface Account {
  id: number;
  channel: string;
  enabled: boolean;
}

export const useCallable = defineStore("callable", () => {
  const directory = useDirectory();
  const accounts = ref<Account[]>([]);
  let asked = false;

  async function load(): Promise<void> {
    const [every] = await Promise.all([
      all<Account>("/accounts"),
      directory.channels.length ? undefined : directory.loadChannels(),
    ]);
    accounts.value = every.filter((one) => one.enabled);
  }

  /** The first account that calls addresses of this scheme. */
  function accountFor(scheme: string): number | null {
    if (!asked) void load().catch(() => undefined);
    asked = true;
    const can = (one: Account) => directory.capabilities(one.channel);
    return (
      accounts.value.find((one) => can(one)?.calls && can(one)?.can_start && can(one)?.start_scheme === scheme)?.id ??
      null
    );
  }

  return { accountFor };
});
