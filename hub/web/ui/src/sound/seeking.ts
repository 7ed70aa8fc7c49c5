/** Where keys lead in a sound. Pure; seconds. */

const STEP = 5;
const LEAP = 30;
const MOVES: Record<string, number> = {
  ArrowRight: STEP,
  ArrowUp: STEP,
  ArrowLeft: -STEP,
  ArrowDown: -STEP,
  PageUp: LEAP,
  PageDown: -LEAP,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** The moment a key leads to from `at`, as a slider's keys do; null when it is none of them. */
export function keyedTo(key: string, at: number, length: number): number | null {
  const move = MOVES[key];
  return move === undefined ? null : within(at + move, length);
}

export function within(moment: number, length: number): number {
  return Math.min(Math.max(0, moment), length);
}
