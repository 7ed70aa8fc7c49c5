import type { Interaction } from "@/api/types";
import { t } from "@/i18n";

/** Whom a contact is with, as well as we know. */
export function titleOf(interaction: Interaction): string {
  const { customer, identity } = interaction;
  return customer?.name || identity?.label || readable(identity) || t("common.unknown_customer");
}

/** A visitor's id says nothing to a person. */
function readable(identity: Interaction["identity"]): string {
  return identity && identity.scheme !== "visitor" ? identity.value : "";
}
