// The first page.

import { expect, expectOnline, goLive, test } from "./support/test.mjs";

test.describe("in Berlin", { tag: "@chromium" }, () => {
  test.use({ timezoneId: "Europe/Berlin" });

  test("the first page counts, and knows the zone of the visitor", async ({ app, network, page }) => {
    network.latency = 100;
    await goLive(page, "/");
    await expect(page.getByText("Europe/Berlin")).toBeVisible();
    await page.getByRole("button", { name: "Clicked 0 times" }).click();
    await page.getByRole("button", { name: "Clicked 1 time" }).click();
    await expect(page.getByText("Clicked 2 times")).toBeVisible();
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
      await page.goto("/register");
      if (javaScriptEnabled) await expectOnline(page);
      await page.locator("#display_name").fill("Ada");
      await page.locator("main form button").click();
      await expect(page.locator("#email-error")).toBeVisible();
      await expect(page.locator("#display_name")).toHaveValue("Ada");
    });
  });
}
