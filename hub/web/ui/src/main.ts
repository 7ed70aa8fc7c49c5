import { createPinia } from "pinia";
import { createApp } from "vue";
import App from "./App.vue";
import "./design/base.css";
import { startTheme } from "./design/useTheme";
import { i18n, startLanguage } from "./i18n";
import { router } from "./router";

startTheme();
await startLanguage();
createApp(App).use(createPinia()).use(i18n).use(router).mount("#app");
