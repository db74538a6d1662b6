// What can be found out about a page by looking at it as people do who cannot see it, or hold a phone.
//
// axe-core itself, without @axe-core/playwright: that wants a newer Node than Debian has.

import { expect } from "@playwright/test";
import axe from "axe-core";

/** Options of `test.use` for a phone. */
export const PHONE = { viewport: { width: 390, height: 800 }, isMobile: true, hasTouch: true };

/** Fails if axe finds something serious or critical on the page. */
export async function expectAccessible(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const found = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`);
  expect(found, `axe finds something on ${page.url()}`).toEqual([]);
}

/** Fails if the page is wider than its window. */
export async function expectToFit(page) {
  const { width } = page.viewportSize();
  const [wide, widest] = await page.evaluate((width) => {
    const wide = document.documentElement.scrollWidth;
    const over = [...document.querySelectorAll("body *")].filter(
      (element) => element.getBoundingClientRect().right > width + 0.5,
    );
    return [wide, over.slice(0, 3).map((element) => element.outerHTML.slice(0, 120))];
  }, width);
  const message = `${page.url()} is ${wide} wide in a window of ${width}: ${widest.join(" ")}`;
  expect(wide, message).toBeLessThanOrEqual(width);
}
