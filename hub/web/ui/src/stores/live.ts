/** The line to the hub: keeps the feed open, tells the refresher what became stale, passes signals on. */

import { defineStore } from "pinia";
import { ref } from "vue";
import type { HubEvent } from "@/api/types";
import { EventFeed, type FeedState, type Signal } from "@/live/EventFeed";
import { needsOfAll } from "@/live/needs";
import { Refresher } from "@/live/Refresher";
import { useOutbox } from "./outbox";
import { useSession } from "./session";

type Listener<T> = (item: T) => unknown;

export const useLive = defineStore("live", () => {
  const session = useSession();
  const state = ref<FeedState>("connecting");
  let looking: number | null = null;
  const refresher = new Refresher(60, (error) => console.warn("a refetch failed", error));
  const listeners = new Set<Listener<Signal>>();
  const watchers = new Set<Listener<HubEvent>>();

  const feed = new EventFeed(openSocket, {
    events: take,
    signal: (signal) => listeners.forEach((listener) => void listener(signal)),
    resync: () => refresher.askForAll(),
    state: changed,
    refused: () => session.forget(),
  });

  function take(events: HubEvent[]): void {
    refresher.ask(needsOfAll(events, session.myId));
    for (const event of events) watchers.forEach((watcher) => void watcher(event));
  }

  function changed(next: FeedState): void {
    if (next === "live" && state.value !== "live") {
      void useOutbox().flush();
      feed.send({ type: "viewing", interaction: looking });
    }
    state.value = next;
  }

  function start(since: number): () => void {
    const offline = () => feed.suspend();
    const online = () => feed.resume();
    window.addEventListener("offline", offline);
    window.addEventListener("online", online);
    feed.start(since);
    const off = refresher.register("me", () => session.refresh());
    return () => {
      window.removeEventListener("offline", offline);
      window.removeEventListener("online", online);
      off();
      feed.stop();
    };
  }

  function onSignal(listener: Listener<Signal>): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  function onEvent(watcher: Listener<HubEvent>): () => void {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  }

  function viewing(interaction: number | null): void {
    looking = interaction;
    feed.send({ type: "viewing", interaction });
  }
  const typing = (interaction: number, on: boolean) => feed.send({ type: "typing", interaction, typing: on });

  return { state, refresher, start, onSignal, onEvent, viewing, typing };
});

function openSocket(since: number): WebSocket {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return new WebSocket(`${scheme}://${location.host}/api/v1/stream?since=${since}`);
}
