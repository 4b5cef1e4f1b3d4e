import { readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** The token that Tauri replaces by a fresh nonce in the page and names in the policy. */
const NONCE_TOKEN = "__TAURI_STYLE_NONCE__";

/** Serves the built page under the policy of tauri.conf.json, nonce included, as the app does. */
function tauriPolicy(): Plugin {
  const policy = () => {
    const conf = JSON.parse(readFileSync(new URL("../tauri.conf.json", import.meta.url), "utf8"));
    const csp: Record<string, string> = conf.app.security.csp;
    return Object.entries(csp).map(([name, sources]) => {
      return `${name} ${sources}${name === "style-src" ? " 'nonce-preview'" : ""}`;
    });
  };
  return {
    name: "tauri-policy",
    configurePreviewServer(server) {
      const page = () =>
        readFileSync(new URL("./dist/index.html", import.meta.url), "utf8").replaceAll(
          NONCE_TOKEN,
          "preview",
        );
      server.middlewares.use((request, response, next) => {
        if (request.url === "/favicon.ico") return void response.writeHead(204).end();
        if (request.url !== "/") return next();
        response.setHeader("Content-Type", "text/html");
        response.setHeader("Content-Security-Policy", policy().join("; "));
        response.end(page());
      });
    },
  };
}

/** `vite --mode sample` shows the window in a browser, with made-up data behind it. */
function sampleBackend(): Plugin {
  return {
    name: "sample-backend",
    apply: (_, env) => env.mode === "sample" && env.command === "serve",
    transformIndexHtml: () => [
      { tag: "script", attrs: { type: "module", src: "/tests/fake/browser.ts" }, injectTo: "head-prepend" },
    ],
  };
}

export default defineConfig({
  plugins: [react(), tauriPolicy(), sampleBackend()],
  clearScreen: false,
  server: { port: 1420, strictPort: true },
  build: {
    target: ["chrome120", "safari17"],
    sourcemap: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
  test: {
    environment: "jsdom",
    include: ["tests/unit/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/unit/setup.ts"],
    css: false,
    testTimeout: 60_000,
  },
});
