// Every page works without a script: what is written by forms is written by plain ones.

import { assert, browserTest } from "./support/test.mjs";

browserTest("without JavaScript a note is written, edited and deleted", async (app) => {
  const page = await app.page({ javaScript: false });
  await app.register(page);

  await page.goto("/notes/new");
  await page.getByLabel("Title", { exact: true }).fill("Looms");
  await page.getByLabel("Text", { exact: true }).fill("Flowers and leaves.");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL("**/notes");
  assert.ok(await page.getByText("Flowers and leaves.").isVisible());
  await app.screenshot(page, "without-javascript");

  await page.getByRole("link", { name: "Looms" }).click();
  assert.equal(await page.getByLabel("Text", { exact: true }).inputValue(), "Flowers and leaves.");
  await page.getByLabel("Title", { exact: true }).fill("Jacquard");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL("**/notes");
  assert.equal(await page.getByRole("link", { name: "Looms" }).count(), 0);

  await page.getByRole("link", { name: "Jacquard" }).click();
  await page.getByText("Delete this note").click();
  await page.getByRole("button", { name: "Delete for good" }).click();
  await page.waitForURL("**/notes");
  assert.equal(await page.getByRole("link", { name: "Jacquard" }).count(), 0);
});

browserTest("without JavaScript a form says what is wrong and keeps what was typed", async (app) => {
  const page = await app.page({ javaScript: false });
  await app.register(page);
  await page.goto("/notes/new");
  await page.getByLabel("Text", { exact: true }).fill("There is no title.");
  await page.getByRole("button", { name: "Save" }).click();
  const title = page.getByLabel("Title", { exact: true });
  assert.equal(await title.getAttribute("aria-invalid"), "true");
  assert.equal(await page.getByLabel("Text", { exact: true }).inputValue(), "There is no title.");
});

browserTest("without JavaScript people log out, and in again", async (app) => {
  const page = await app.page({ javaScript: false });
  const person = await app.register(page, { name: "Mary" });
  await page.getByRole("button", { name: "Log out" }).click();
  await page.goto("/notes");
  assert.match(page.url(), /\/login\?next=/);
  await app.logIn(page, person);
  assert.ok(await page.getByRole("banner").getByText("Mary").isVisible());
});
