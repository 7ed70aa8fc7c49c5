import { expect, test } from "vitest";
import { courseOf, dryRun, pastOffer, whyWaiting } from "./sentences";

const li = { id: 1, name: "Li Wei" };
const zhang = { id: 2, name: "Zhang San" };

test("a dry run says who, why, and what the others lack", () => {
  const said = dryRun({
    first: [li],
    ring: 0,
    strategy: "LONGEST_IDLE",
    skills: { zh: 2 },
    reasons: { LACKS_SKILL: 1, NOT_IN_QUEUE: 3 },
    named: [{ agent: zhang, reason: "LACKS_SKILL", lacks: ["zh"] }],
  });
  expect(said.first).toBe("It would go to Li Wei: ready, longest idle.");
  expect(said.others).toEqual(["Zhang San lacks zh 2.", "3 other agents are not in this queue."]);
});

test("nobody is said to be nobody", () => {
  const said = dryRun({ first: [], ring: 0, strategy: "LEAST_BUSY", skills: {}, reasons: {}, named: [] });
  expect(said).toEqual({ first: "Nobody could take it now.", others: [] });
});

test("who waits is told the place and each agent's reason", () => {
  const waiting = {
    position: 2,
    waited_seconds: 65,
    ring: 1,
    next_step_seconds: null,
    kept_for: null,
    reasons: {},
    named: [{ agent: zhang, reason: "NO_ROOM" as const, lacks: [] }],
  };
  expect(whyWaiting(waiting, null)).toEqual([
    "Number 2 in the queue, waiting for 1:05.",
    "The search has widened 1 time.",
    "Zhang San has no room.",
  ]);
});

test("an offer of which nothing more is known still says to whom and how it ended", () => {
  const offer = { agent: li, created_at: "", ended_at: null, state: "REJECTED", why: {} };
  expect(pastOffer(offer)).toBe("Li Wei (rejected)");
  const why = { strategy: "LEAST_BUSY" as const, candidates: 3, in_hand: 1 };
  expect(pastOffer({ ...offer, why })).toBe("Li Wei: the least busy (1 in hand), of 3 who could (rejected)");
});

test("how it goes with a contact of a replay is one sentence, with the reason", () => {
  const why = {
    candidates: 2,
    in_hand: 0,
    idle_seconds: 75,
    waited_seconds: 12,
    strategy: "LONGEST_IDLE" as const,
    ring: 0,
    own: false,
    refused_before: false,
  };
  const queue = { id: 1, name: "Service" };
  const answered = { ending: "ANSWERED" as const, queue, agent: li, waited_seconds: 12, overflow: null, why };
  expect(courseOf(answered)).toBe("Li Wei (Service) after 0:12: the longest idle (1:15).");
  const left = { ...answered, ending: "LEFT" as const, agent: null, why: null, overflow: "WAIT" as const };
  expect(courseOf(left)).toBe("Moved on for its wait. Nobody (Service): gone after 0:12.");
});
