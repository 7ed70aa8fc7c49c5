/** How far a text of several parts has come, while the message as a whole cannot say so: pure, so it can be compared. */

import { say } from "./words.js";

const ARRIVED = ["DELIVERED", "READ"];

/** "1 of 3 delivered", "1 of 3 failed"; nothing for a text that is one, or has arrived whole, or of which nothing is known. */
export function arrival(language, states = []) {
  const of = states.length;
  const delivered = states.filter((state) => ARRIVED.includes(state)).length;
  const failed = states.filter((state) => state === "FAILED").length;
  if (of < 2 || delivered === of) return [];
  const words = [];
  if (delivered) words.push(say(language, "delivered", { delivered, of }));
  if (failed) words.push(say(language, "failed_parts", { failed, of }));
  return words;
}
