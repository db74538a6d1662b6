// What can be found out about a page by looking at it as people do who cannot see it, or hold a phone.

import assert from "node:assert/strict";

import axeCore from "axe-core";

/** Fails if axe finds something serious or critical on the page. */
export async function axe(page) {
  await page.evaluate(axeCore.source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const found = violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`);
  assert.deepEqual(found, [], `axe finds something on ${page.url()}`);
}

/** Fails if the page is wider than its window. */
export async function fits(page) {
  const { width } = page.viewportSize();
  const [wide, widest] = await page.evaluate((width) => {
    const wide = document.documentElement.scrollWidth;
    const over = [...document.querySelectorAll("body *")].filter(
      (element) => element.getBoundingClientRect().right > width + 0.5,
    );
    return [wide, over.slice(0, 3).map((element) => element.outerHTML.slice(0, 120))];
  }, width);
  assert.ok(wide <= width, `${page.url()} is ${wide} wide in a window of ${width}: ${widest.join(" ")}`);
}
