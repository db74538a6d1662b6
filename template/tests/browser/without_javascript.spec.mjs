// Every page works without a script: what is written by forms is written by plain ones.

import { logIn, register } from "./support/people.mjs";
import { expect, test } from "./support/test.mjs";

test.use({ javaScriptEnabled: false });

test("without JavaScript a note is written, edited and deleted", async ({ page }) => {
  await register(page);

  await page.goto("/notes/new");
  await page.getByLabel("Title", { exact: true }).fill("Looms");
  await page.getByLabel("Text", { exact: true }).fill("Flowers and leaves.");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL("**/notes");
  await expect(page.getByText("Flowers and leaves.")).toBeVisible();

  await page.getByRole("link", { name: "Looms" }).click();
  await expect(page.getByLabel("Text", { exact: true })).toHaveValue("Flowers and leaves.");
  await page.getByLabel("Title", { exact: true }).fill("Jacquard");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL("**/notes");
  await expect(page.getByRole("link", { name: "Looms" })).toHaveCount(0);

  await page.getByRole("link", { name: "Jacquard" }).click();
  await page.getByText("Delete this note").click();
  await page.getByRole("button", { name: "Delete permanently" }).click();
  await page.waitForURL("**/notes");
  await expect(page.getByRole("link", { name: "Jacquard" })).toHaveCount(0);
});

test("without JavaScript a form says what is wrong and keeps what was typed", async ({ page }) => {
  await register(page);
  await page.goto("/notes/new");
  await page.getByLabel("Text", { exact: true }).fill("There is no title.");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByLabel("Title", { exact: true })).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByLabel("Text", { exact: true })).toHaveValue("There is no title.");
});

test("without JavaScript people log out, and in again", async ({ page }) => {
  const person = await register(page, { name: "Mary" });
  await page.getByRole("button", { name: "Log out" }).click();
  await page.goto("/notes");
  expect(page.url()).toMatch(/\/login\?next=/);
  await logIn(page, person);
  await expect(page.getByRole("banner").getByText("Mary")).toBeVisible();
});
