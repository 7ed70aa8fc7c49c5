import { createPinia } from "pinia";
import { createApp } from "vue";
import App from "./App.vue";
import "./design/base.css";
import { startTheme } from "./design/useTheme";
import { i18n, startLanguage } from "./i18n";
import { router } from "./router";

/** After an upgrade the pieces an open page still asks for are gone: load it anew, but not in a circle. */
window.addEventListener("vite:preloadError", (event) => {
  const last = Number(sessionStorage.getItem("hub.reloaded") ?? 0);
  if (Date.now() - last < 30_000) return;
  event.preventDefault();
  sessionStorage.setItem("hub.reloaded", String(Date.now()));
  location.reload();
});

startTheme();
await startLanguage();
createApp(App).use(createPinia()).use(i18n).use(router).mount("#app");
