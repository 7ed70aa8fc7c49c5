import { darkTheme } from "naive-ui";
import { computed, ref, watchEffect } from "vue";
import { naiveTheme } from "./naiveTheme";
import { dark, font, light, monospace, paint } from "./tokens";

export type ThemeChoice = "light" | "dark" | "system";

const KEY = "hub.theme";
const system = window.matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = ref(system.matches);
system.addEventListener("change", (change) => (systemIsDark.value = change.matches));

export const themeChoice = ref<ThemeChoice>((localStorage.getItem(KEY) as ThemeChoice | null) ?? "system");
export const isDark = computed(() =>
  themeChoice.value === "system" ? systemIsDark.value : themeChoice.value === "dark",
);
export const naive = computed(() => (isDark.value ? darkTheme : null));
export const naiveOverrides = computed(() => naiveTheme(isDark.value ? dark : light));

export function chooseTheme(choice: ThemeChoice): void {
  themeChoice.value = choice;
  localStorage.setItem(KEY, choice);
}

/** Keeps the document's colours those of the chosen theme. */
export function startTheme(root: HTMLElement = document.documentElement): void {
  root.style.setProperty("--font", font);
  root.style.setProperty("--mono", monospace);
  watchEffect(() => {
    root.dataset.theme = isDark.value ? "dark" : "light";
    paint(isDark.value ? dark : light, root);
  });
}
