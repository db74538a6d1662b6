// The page of those who look after the jobs. The jobs of other tests are on it as well.

import { expectAccessible, expectToFit } from "./support/accessibility.mjs";
import { register, writeNote } from "./support/people.mjs";
import { expect, expectOnline, goLive, test } from "./support/test.mjs";

test("a job is done in the background, and the page shows it by itself", async ({ page }) => {
  await register(page);
  // By which the job of this test is known.
  const count = 100 + Math.floor(Math.random() * 5000);
  await writeNote(page, "Words", "a ".repeat(count));

  await goLive(page, "/jobs?state=failed");
  await page.getByRole("navigation", { name: "States" }).getByRole("link", { name: "Done" }).click();
  await page.waitForURL("**/jobs?state=done");
  await expectOnline(page);
  const job = page.locator("article", { hasText: `words: ${count}, notes: 1` });
  await expect(job).toHaveCount(0);
  await page.getByRole("button", { name: "Count my words" }).click();
  await expect(job).toContainText("Done, attempt 1 of 5");
  await expect(page.getByRole("row", { name: /word_count/ })).toBeVisible();
  await expectAccessible(page);
  await expectToFit(page);
});
