/** How a queue is served, as a form edits it: the stored document with everything it leaves out. */

import type { Overflow, QueueRouting, Ring, Strategy, Target } from "@/api/types";
import { copied } from "../resource";

export const STRATEGIES: Strategy[] = [
  "LEAST_BUSY",
  "LONGEST_IDLE",
  "MOST_SKILLED",
  "ROUND_ROBIN",
  "WEIGHTED",
  "ALL_RING",
];

export function routingOf(stored: Partial<QueueRouting>): QueueRouting {
  return {
    strategy: "LEAST_BUSY",
    width: 0,
    auto_accept: false,
    rings: [],
    overflow: [],
    last_agent_seconds: 0,
    targets: [],
    missed_calls: null,
    callback_attempts: 3,
    callback_pause: 900,
    agent_hangs_up: "end",
    ...copied(stored),
  };
}

export const newTarget = (): Target => ({ medium: null, percent: 80, seconds: 20 });

/** Each step a while after the one before. */
export function newRing(rings: Ring[]): Ring {
  return { after: (rings.at(-1)?.after ?? 0) + 20, skills: {}, queues: [] };
}

/** There is one rule for each reason; null when all have theirs. */
export function newOverflow(rules: Overflow[]): Overflow | null {
  const taken = new Set(rules.map((rule) => rule.reason));
  const reason = (["WAIT", "DEPTH", "CLOSED"] as const).find((one) => !taken.has(one));
  if (!reason) return null;
  return { reason, limit: { WAIT: 300, DEPTH: 20, CLOSED: 0 }[reason], queue: null, action: "message" };
}

/** Whether it can be saved: who moves on into a queue has to name it. */
export function complete(routing: QueueRouting): boolean {
  return routing.overflow.every((rule) => rule.action !== "queue" || rule.queue !== null);
}
