import { defineStore } from "pinia";
import { shallowRef } from "vue";
import { interactions } from "@/api";
import type { NewMessage } from "@/api/types";
import { type Keep, Outbox, type Result, type Waiting } from "@/live/Outbox";
import { useSession } from "./session";

/** Messages the network keeps back, per user of this browser. */
export const useOutbox = defineStore("outbox", () => {
  const session = useSession();
  const waiting = shallowRef<Waiting[]>([]);
  const key = `hub.outbox.${session.myId}`;
  const keep: Keep = {
    load: () => JSON.parse(localStorage.getItem(key) ?? "[]") as Waiting[],
    save: (items) => localStorage.setItem(key, JSON.stringify(items)),
  };
  const box = new Outbox(interactions.send, keep, (items) => (waiting.value = items));
  waiting.value = keep.load();

  const send = (interaction: number, message: NewMessage): Promise<Result> => box.send(interaction, message);
  const flush = () => box.flush();
  const retry = (item: string) => box.retry(item);
  const discard = (item: string) => box.discard(item);

  return { waiting, send, flush, retry, discard };
});
