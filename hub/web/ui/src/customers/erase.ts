import { customers } from "@/api";
import { ApiError } from "@/api/client";
import type { Customer } from "@/api/types";
import { t } from "@/i18n";
import { complain, confirm, say } from "@/parts/feedback";

/** Forget a customer for good, once somebody has said so twice; whether it was done. */
export async function erase({ id, name }: Customer): Promise<boolean> {
  if (!(await confirm(t("erase.title", { name }), t("erase.hint"), t("erase.yes"), true))) return false;
  try {
    await customers.erase(id);
  } catch (error) {
    complain(stillOpen(error) ?? error);
    return false;
  }
  say(t("erase.done"));
  return true;
}

function stillOpen(error: unknown): Error | undefined {
  if (!(error instanceof ApiError) || error.status !== 409) return undefined;
  const open = Object.entries(error.data).filter(([, count]) => count);
  return open.length
    ? new Error(t("erase.open", { what: open.map(([what, n]) => t(`erase.${what}`, { n })).join(", ") }))
    : undefined;
}
