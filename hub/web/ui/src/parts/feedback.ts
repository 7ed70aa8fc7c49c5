/** Short words to the person at the screen, from anywhere: a toast, a question, a spoken announcement. */

import type { DialogApi, MessageApi } from "naive-ui";
import { ref } from "vue";
import { ApiError, NetworkGone } from "@/api/client";
import { t } from "@/i18n";

let toasts: MessageApi | null = null;
let dialogs: DialogApi | null = null;

export const polite = ref("");
export const assertive = ref("");

export function connectFeedback(message: MessageApi, dialog: DialogApi): void {
  toasts = message;
  dialogs = dialog;
}

/** Read out by screen readers; `urgent` interrupts. A repeated sentence is read again. */
export function announce(text: string, urgent = false): void {
  const region = urgent ? assertive : polite;
  region.value = region.value === text ? `${text}\u00a0` : text;
}

export function say(text: string, kind: "success" | "info" | "warning" = "success"): void {
  toasts?.[kind](text);
  announce(text);
}

export function complain(error: unknown): void {
  const text = explain(error);
  toasts?.error(text, { duration: 6000, closable: true });
  announce(text, true);
}

export function explain(error: unknown): string {
  if (error instanceof NetworkGone) return t("error.network");
  if (error instanceof ApiError) {
    const fields = Object.entries(error.fields ?? {}).map(([name, why]) => `${name}: ${why}`);
    return [error.message, ...fields].join(" · ");
  }
  return error instanceof Error ? error.message : String(error);
}

/** Runs `action`; a failure is shown, not thrown. Returns whether it went well. */
export async function attempt(action: () => Promise<unknown>, done = ""): Promise<boolean> {
  try {
    await action();
    if (done) say(done);
    return true;
  } catch (error) {
    complain(error);
    return false;
  }
}

/** Asks before something that cannot easily be taken back. */
export function confirm(title: string, content: string, yes: string, danger = false): Promise<boolean> {
  return new Promise((resolve) => {
    dialogs?.[danger ? "warning" : "info"]({
      title,
      content,
      positiveText: yes,
      negativeText: t("common.cancel"),
      showIcon: false,
      onPositiveClick: () => resolve(true),
      onNegativeClick: () => resolve(false),
      onClose: () => resolve(false),
      onMaskClick: () => resolve(false),
      onEsc: () => resolve(false),
    });
  });
}
