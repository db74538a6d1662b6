// A network through which no WebSocket passes: pages go on by server-sent events and POSTs.

import { logIn } from "./support/people.mjs";
import { expect, expectOnline, goLive, test } from "./support/test.mjs";

test.beforeEach(({ network, problems }) => {
  network.refusesUpgrades = true;
  problems.allow(/WebSocket connection to .* failed/);
});

test("a click works, and the next page of the tab knows that no WebSocket passes", async ({ network, page }) => {
  await goLive(page, "/");
  await page.getByRole("button", { name: "Clicked 0 times" }).click();
  await expect(page.getByText("Clicked 1 time")).toBeVisible();
  const refused = network.refusedUpgrades;
  expect(refused).toBeGreaterThan(1);
  await goLive(page, "/login");
  expect(network.refusedUpgrades).toBe(refused);
});
{%- if showcase %}

test("a file arrives", async ({ page }) => {
  await goLive(page, "/upload");
  await page.locator("#files").setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.alloc(700_000, "a") });
  await expect(page.getByText("Your files were uploaded.")).toBeVisible();
  await expect(page.getByText("a.txt")).toBeVisible();
});
{%- endif %}

test("a form is stored once, also after a restart of the server in the middle of it", async ({ app, page }) => {
  await logIn(page);
  await goLive(page, "/notes/new");
  const title = `Looms ${Date.now()}`;
  await page.getByLabel("Title", { exact: true }).fill(title);
  await app.restart();
  await expectOnline(page);
  await page.getByLabel("Text", { exact: true }).fill("Flowers ".repeat(2_000));
  await page.getByRole("button", { name: "Save" }).dblclick();
  await expect(page.getByText("Your changes were saved.")).toBeVisible();
  await expect(page.getByRole("link", { name: title })).toHaveCount(1);
});

test("the connection moves to a WebSocket once one passes", async ({ network, page }) => {
  await page.clock.install();
  await goLive(page, "/");
  await page.getByRole("button", { name: "Clicked 0 times" }).click();
  await expect(page.getByText("Clicked 1 time")).toBeVisible();
  network.refusesUpgrades = false;
  let received = 0;
  page.on("websocket", (socket) => socket.on("framereceived", () => { received += 1; }));
  await page.clock.fastForward(301_000);
  await expect.poll(() => received).toBeGreaterThan(0);
  await expectOnline(page);
  await page.getByRole("button", { name: "Clicked 1 time" }).click();
  await expect(page.getByText("Clicked 2 times")).toBeVisible();
});
