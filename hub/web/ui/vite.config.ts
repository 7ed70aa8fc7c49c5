import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

// The build goes where `hub serve` looks for it; HUB_URL names a running hub for `npm run dev`.
const hub = process.env.HUB_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/",
  plugins: [vue()],
  resolve: { alias: { "@": new URL("./src", import.meta.url).pathname } },
  define: { __VUE_OPTIONS_API__: false, __INTLIFY_PROD_DEVTOOLS__: false, __VUE_I18N_LEGACY_API__: false },
  build: {
    outDir: "../static/inbox",
    emptyOutDir: true,
    target: "es2022",
    chunkSizeWarningLimit: 900,
    // what every screen needs comes in one piece: it compresses better, and few requests begin faster
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [{ name: "frame", test: /node_modules[\\/](@vue|vue|vue-router|pinia|vue-i18n|@intlify)[\\/]/ }],
        },
      },
    },
  },
  server: { proxy: { "/api": { target: hub, ws: true }, "/p": hub, "/c": hub } },
  test: { environment: "node", include: ["src/**/*.test.ts"] },
});
