import { t } from "@/i18n";
import { say } from "./feedback";

/** To the clipboard; over plain HTTP, where browsers refuse that, by a hidden text field. */
export async function copy(text: string): Promise<void> {
  if (navigator.clipboard && window.isSecureContext) await navigator.clipboard.writeText(text);
  else copyByField(text);
  say(t("common.copied", { text }), "info");
}

function copyByField(text: string): void {
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
