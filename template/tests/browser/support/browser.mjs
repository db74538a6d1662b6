// `test` in the browser that `playwright.config.mjs` has chosen.

import { test as base } from "@playwright/test";

export const test = base.extend({
  browser: [
    async ({ browser }, use) => {
      if (browser.browserType().name() === "firefox") omitEmulatedMedia(browser);
      await use(browser);
    },
    { scope: "worker" },
  ],
});

/**
 * Playwright tells every page of Firefox its colour scheme, by a command of WebDriver BiDi that Firefox 153 does not know, and then opens none.
 * The page of such a browser has the scheme of its preferences instead. No public way leads to the command; the lock file keeps the version.
 */
function omitEmulatedMedia(browser) {
  const session = Object.getPrototypeOf(browser._connection.toImpl(browser)._browserSession);
  const { send } = session;
  session.send = async function (method, parameters) {
    try {
      return await send.call(this, method, parameters);
    } catch (error) {
      if (method === "emulation.setMediaFeaturesOverride" && /unknown command/.test(error.message)) return {};
      throw error;
    }
  };
}
