import { dateEnUS, dateZhCN, enUS, type NDateLocale, type NLocale, zhCN } from "naive-ui";
import { computed, shallowRef, watchEffect } from "vue";
import { createI18n } from "vue-i18n";
import { en } from "./en";

export type Language = "en" | "zh";

export const i18n = createI18n({ legacy: false, locale: "en", fallbackLocale: "en", messages: { en } });

const KEY = "hub.language";
export const language = shallowRef<Language>("en");
const naiveLocales: Record<Language, { locale: NLocale; dateLocale: NDateLocale }> = {
  en: { locale: enUS, dateLocale: dateEnUS },
  zh: { locale: zhCN, dateLocale: dateZhCN },
};
export const naiveLocale = computed(() => naiveLocales[language.value]);
/** What the browser's own formatters want to hear. */
export const tag = computed(() => (language.value === "zh" ? "zh-CN" : "en-GB"));

export async function speak(wanted: string): Promise<void> {
  const next: Language = wanted.startsWith("zh") ? "zh" : "en";
  if (next === "zh") {
    const { zh } = await import("./zh");
    i18n.global.setLocaleMessage("zh" as "en", zh as never);
  }
  i18n.global.locale.value = next as "en";
  language.value = next;
  localStorage.setItem(KEY, next);
}

/** The language before anyone has logged in: the last one used here, else the browser's. */
export async function startLanguage(): Promise<void> {
  await speak(localStorage.getItem(KEY) ?? navigator.language);
  watchEffect(() => {
    document.documentElement.lang = tag.value;
  });
}

export const t = i18n.global.t;
