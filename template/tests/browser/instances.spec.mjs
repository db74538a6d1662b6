// Two instances behind a proxy that keeps nobody at one of them, in a network through which no WebSocket passes: the POSTs of
// an event stream may reach the instance that does not have it.

import { Application } from "./support/application.mjs";
import { LoadBalancer } from "./support/load_balancer.mjs";
import { logIn, writeNote } from "./support/people.mjs";
import { expect, expectOnline, goLive, test as base } from "./support/test.mjs";

const test = base.extend({
  balancer: async ({ app, problems }, use) => {
    const other = new Application();
    await other.start();
    const balancer = await new LoadBalancer([app.port, other.port]).listen();
    problems.allow(/WebSocket connection to .* failed/);
    problems.allow(/^409 for POST .*\/live/);
    await use(balancer);
    balancer.close();
    await other.stop();
  },
  baseURL: async ({ balancer }, use) => use(balancer.url),
});

/** Writes a note by the form, and finds it in the list once. */
async function writeOnce(page) {
  const title = `Looms ${Date.now()}`;
  await writeNote(page, title, "Flowers");
  await expect(page.getByRole("link", { name: title })).toHaveCount(1);
}

test("a page is live, and what is done is done once, where each request goes to the next instance", async ({ page }) => {
  await goLive(page, "/");
  await page.getByRole("button", { name: "Clicked 0 times" }).click();
  await page.getByRole("button", { name: "Clicked 1 time" }).click();
  await expect(page.getByText("Clicked 2 times")).toBeVisible();
  await logIn(page);
  await writeOnce(page);
  await expectOnline(page);
});

test("where POSTs never reach the instance of the stream a page says that it is offline, and forms are stored once", async ({ balancer, page }) => {
  balancer.choose = ({ method }) => (method === "POST" ? 1 : 0);
  await page.goto("/");
  await expect(page.locator("#live-status")).toHaveText("You are offline. Trying again…");
  await logIn(page);
  await writeOnce(page);
});
