// The first page.

import { expect, expectOnline, goLive, test } from "./support/test.mjs";

test.describe("in Berlin", { tag: "@chromium" }, () => {
  test.use({ timezoneId: "Europe/Berlin", permissions: ["clipboard-read", "clipboard-write"] });

  test("the first page counts, knows the zone of the visitor, and calls the browser", async ({ app, network, page }) => {
    network.latency = 100;
    await goLive(page, "/");
    await expect(page.getByText("Europe/Berlin")).toBeVisible();
    await page.getByRole("button", { name: "Clicked 0 times" }).click();
    await page.getByRole("button", { name: "Clicked 1 time" }).click();
    await expect(page.getByText("Clicked 2 times")).toBeVisible();
    await page.getByRole("button", { name: "Copy a command" }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/cargo/);
    await page.getByText("The layers of a request").click();
    await app.restart();
    await expectOnline(page);
    await page.getByText("Clicked 2 times").click();
    await expect(page.getByText("Clicked 3 times")).toBeVisible();
  });
});

for (const [how, javaScriptEnabled] of [["with", true], ["without", false]]) {
  test.describe(`${how} JavaScript`, () => {
    test.use({ javaScriptEnabled });

    test("a form says field by field what is wrong", async ({ page }) => {
      await page.goto("/");
      if (javaScriptEnabled) await expectOnline(page);
      await page.locator("#what").fill("the moon");
      await page.getByRole("button", { name: "Count", exact: true }).click();
      await expect(page.locator("#day-error")).toBeVisible();
      await expect(page.locator("#what")).toHaveValue("the moon");
    });
  });
}
