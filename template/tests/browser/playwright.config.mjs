// How the tests run. Every option is Playwright's own: https://playwright.dev/docs/test-configuration.

import { defineConfig } from "@playwright/test";

const inCi = Boolean(process.env.CI);
const inFirefox = process.env.BROWSER_NAME === "firefox";

// The Chromium or Chrome of this machine, which `cargo dev browser-test` finds. Without it, the one of
// `npx playwright install chromium`.
const chromium = {
  contextOptions: { reducedMotion: "reduce" },
  launchOptions: { executablePath: process.env.CHROMIUM || undefined },
};

// A Firefox as everybody has it, which Playwright drives by WebDriver BiDi; see `support/browser.mjs`.
const firefox = {
  browserName: "firefox",
  channel: "moz-firefox",
  launchOptions: {
    executablePath: process.env.FIREFOX || undefined,
    firefoxUserPrefs: { "ui.prefersReducedMotion": 1 },
  },
};

export default defineConfig({
  globalSetup: "./support/global_setup.mjs",
  fullyParallel: true,
  forbidOnly: inCi,
  retries: inCi ? 1 : 0,
  // What a test with this tag needs only the protocol of Chromium has.
  grepInvert: inFirefox ? /@chromium/ : undefined,
  reporter: inCi ? [["list"], ["html", { open: "never" }]] : "list",
  // Long enough for any machine: only a test that fails waits until then.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  use: {
    actionTimeout: 60_000,
    navigationTimeout: 60_000,
    ...(inFirefox ? firefox : chromium),
    // What a test that fails leaves in `test-results`.
    screenshot: "only-on-failure",
    trace: inCi ? "on-first-retry" : "retain-on-failure",
  },
});
