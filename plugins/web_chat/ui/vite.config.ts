import { defineConfig } from "vite";

/** One file that any page can load as a plain script: no chunks, no style sheet beside it, no global but our own. */
export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2020",
    outDir: "../static/build",
    emptyOutDir: true,
    lib: { entry: "src/main.tsx", formats: ["iife"], name: "ContactHubWidget", fileName: () => "widget.js" },
  },
  define: { "process.env.NODE_ENV": '"production"' },
});
