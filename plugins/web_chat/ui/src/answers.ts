/** The questions before a chat, checked as the hub will check them. */

import type { Question } from "./protocol";

export type Complaint = "required" | "mailto" | "tel";

const MAILTO = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** What is wrong with an answer, or undefined. */
export function complaint(question: Question, answer: string): Complaint | undefined {
  const said = answer.trim();
  if (!said) return question.required ? "required" : undefined;
  if (question.kind === "mailto" && !MAILTO.test(said)) return "mailto";
  if (question.kind === "tel" && said.replace(/\D/g, "").length < 5) return "tel";
  return undefined;
}

/** What is asked of somebody who leaves a message: the account's own questions, and always a way to answer. */
export function leaveQuestions(form: Question[]): Question[] {
  const label = { en: "", zh: "" };
  const name: Question = { kind: "name", name: "name", required: false, label, choices: [] };
  const mailto: Question = { kind: "mailto", name: "mailto", required: true, label, choices: [] };
  const has = (kind: Question["kind"]) => form.some((question) => question.kind === kind);
  const reachable = form.some(
    (question) => question.required && (question.kind === "mailto" || question.kind === "tel"),
  );
  const own = form.map((question) =>
    question.kind === "mailto" && !reachable ? { ...question, required: true } : question,
  );
  return [...(has("name") ? [] : [name]), ...own, ...(has("mailto") || reachable ? [] : [mailto])];
}
