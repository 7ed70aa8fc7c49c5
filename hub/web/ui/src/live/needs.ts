/** Which things on the screen an event makes stale. Keys name the smallest thing that can be fetched by itself. */

import type { HubEvent } from "@/api/types";

export type Need = string;

const BY_FAMILY: Record<string, (event: HubEvent, me: number) => Need[]> = {
  interaction: (event) => ["lists", "counts", ...one("interaction", event.interaction), ...messages(event)],
  delivery: (event) => one("messages", event.interaction),
  offer: (event) => ["offers", "counts", "board", ...about(event)],
  work: (event) => ["counts", "board", "promises", ...about(event)],
  consult: (event) => about(event),
  call: (event) => about(event),
  party: (event) => ["lists", ...about(event)],
  monitor: (event) => ["lists", ...about(event)],
  callback: () => ["promises"],
  voicemail: () => ["promises"],
  presence: (event, me) => (event.user === me ? ["me", "agents", "board"] : ["agents", "board"]),
  ticket: (event) => ["tickets", ...one("ticket", event.ticket), ...one("interaction", event.interaction)],
  customer: (event) => ["customers", ...one("customer", event.customer), ...merged(event)],
  queue: () => ["queues", "counts", "board"],
  account: () => ["connections"],
  connection: () => ["connections"],
  raw: () => ["quarantine"],
  user: (event, me) => (event.user === me ? ["users", "agents", "me"] : ["users", "agents"]),
  plugin: () => ["plugins"],
};

export function needsOf(event: HubEvent, me: number): Need[] {
  const family = event.type.split(".", 1)[0] ?? "";
  return BY_FAMILY[family]?.(event, me) ?? [];
}

export function needsOfAll(events: HubEvent[], me: number): Set<Need> {
  return new Set(events.flatMap((event) => needsOf(event, me)));
}

function one(noun: string, id: number | null): Need[] {
  return id === null ? [] : [`${noun}:${id}`];
}

/** Who is asked, rings or talks, and why. */
function about(event: HubEvent): Need[] {
  return [...one("why", event.interaction), ...one("interaction", event.interaction)];
}

/** Only a message, or a change of state (which the timeline shows as a line of its own), touches the timeline. */
function messages(event: HubEvent): Need[] {
  const shown = event.type === "interaction.message" || event.type === "interaction.changed";
  return shown ? one("messages", event.interaction) : [];
}

function merged(event: HubEvent): Need[] {
  const { kept, gone } = event.data as { kept?: number; gone?: number };
  return event.type === "customer.merged" ? [...one("customer", kept ?? null), ...one("customer", gone ?? null)] : [];
}
