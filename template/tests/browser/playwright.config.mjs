// How the tests run. Every option is Playwright's own: https://playwright.dev/docs/test-configuration.

import { defineConfig } from "@playwright/test";

const inCi = Boolean(process.env.CI);

export default defineConfig({
  globalSetup: "./support/global_setup.mjs",
  fullyParallel: true,
  forbidOnly: inCi,
  retries: inCi ? 1 : 0,
  reporter: inCi ? [["list"], ["html", { open: "never" }]] : "list",
  // Long enough for any machine: only a test that fails waits until then.
  timeout: 300_000,
  expect: { timeout: 15_000 },
  use: {
    actionTimeout: 30_000,
    navigationTimeout: 30_000,
    contextOptions: { reducedMotion: "reduce" },
    // What a test that fails leaves in `test-results`.
    screenshot: "only-on-failure",
    trace: inCi ? "on-first-retry" : "retain-on-failure",
    // The Chromium or Chrome of this machine, which `cargo dev browser-test` finds. Without it, the one of
    // `npx playwright install chromium`.
    launchOptions: { executablePath: process.env.CHROMIUM || undefined },
  },
});
