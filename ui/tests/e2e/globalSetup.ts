import { build } from "vite";

/** Bundles the made-up backend into one script that is put before the real page. */
export default async function bundleFakeBackend(): Promise<void> {
  await build({
    configFile: false,
    logLevel: "warn",
    build: {
      outDir: "test-results/fake",
      emptyOutDir: true,
      minify: false,
      lib: {
        entry: "tests/fake/browser.ts",
        formats: ["iife"],
        name: "fakeTauri",
        fileName: () => "fake.js",
      },
    },
  });
}
