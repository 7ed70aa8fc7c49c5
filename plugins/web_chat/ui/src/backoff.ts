/** How long to wait before coming back. Jitter spreads a crowd: after a restart of the hub nobody arrives in step. */

const FIRST = 500;
const LONGEST = 10_000;

/** Milliseconds before attempt `attempt` (0 is the first after a loss); `random` is in [0, 1). */
export function pause(attempt: number, random: number): number {
  const most = Math.min(FIRST * 2 ** Math.min(attempt, 10), LONGEST);
  return Math.round(most * (0.25 + 0.75 * random));
}
