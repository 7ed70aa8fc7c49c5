/** What routing says, in plain sentences. */

import type { Answer, Course, Explanation, NotThem, WhyAgent } from "@/api/types";
import { t } from "@/i18n";
import { duration } from "@/parts/time";

/** "Zhang San lacks zh 2.": with the level that is asked for, where it is known. */
export function notThem(one: NotThem, levels: Record<string, number> = {}): string {
  const skills = one.lacks.map((skill) => (levels[skill] ? `${skill} ${levels[skill]}` : skill)).join(", ");
  return t(`notyet.${one.reason}`, { name: one.agent.name, skills });
}

/** "Lin Yue: the longest idle (2:10), of 3 who could (accepted)". */
export function pastOffer(offer: Explanation["offers"][number]): string {
  const outcome = t(`offerend.${offer.state}`);
  const { name } = offer.agent;
  if (!offer.why.strategy) return t("why.offered_bare", { name, outcome });
  return t("why.offered", { name, outcome, reason: chosen(offer.why), candidates: offer.why.candidates ?? 1 });
}

function chosen(why: Partial<WhyAgent>): string {
  const reason = why.own ? "own" : why.strategy;
  return t(`chosen.${reason}`, { in_hand: why.in_hand ?? 0, idle: duration(why.idle_seconds ?? 0) });
}

/** Why it waits, one sentence each. */
export function whyWaiting(waiting: NonNullable<Explanation["waiting"]>, estimate: number | null): string[] {
  const said = [t("why.place", { position: waiting.position, time: duration(waiting.waited_seconds) })];
  if (estimate !== null) said.push(t("why.estimate", { time: duration(estimate) }));
  if (waiting.ring) said.push(t("why.ring", { count: waiting.ring }, waiting.ring));
  if (waiting.kept_for) said.push(t("why.kept", { name: waiting.kept_for.name }));
  if (!waiting.named.length) said.push(t("why.nobody"));
  said.push(...waiting.named.map((one) => notThem(one)));
  if (waiting.next_step_seconds !== null) said.push(t("why.next", { time: duration(waiting.next_step_seconds) }));
  return said;
}

/** Who would get it, and why the others would not. */
export function dryRun(answer: Answer): { first: string; others: string[] } {
  const [best, ...next] = answer.first;
  const reason = t(`dryreason.${answer.strategy}`);
  const first = best ? t("dryrun.first", { name: best.name, reason }) : t("dryrun.nobody");
  const others = next.length ? [t("dryrun.following", { names: next.map((one) => one.name).join(", ") })] : [];
  others.push(...answer.named.map((one) => notThem(one, answer.skills)));
  const strangers = answer.reasons.NOT_IN_QUEUE ?? 0;
  if (strangers) others.push(t("dryrun.others", { count: strangers }, strangers));
  return { first, others };
}

/** "Lin Yue (Service) after 0:12: the least busy (0 in hand)": how it goes with one contact of a replay. */
export function courseOf(course: Course): string {
  const said = {
    time: duration(course.waited_seconds),
    queue: course.queue?.name ?? t("replay.elsewhere"),
    name: course.agent?.name ?? t("replay.somebody"),
    reason: course.why ? chosen(course.why) : "",
  };
  const moved = course.overflow ? `${t(`replay.moved.${course.overflow}`)} ` : "";
  return moved + t(`replay.course.${course.ending}`, said);
}
