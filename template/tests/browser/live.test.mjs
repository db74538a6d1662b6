// Live pages, as somebody with a browser has them.

import { browserTest } from "./support/test.mjs";

/** Waits until the page has its connection. */
const online = (page) => page.waitForFunction(() => document.documentElement.dataset.live === "online");

browserTest("a click is answered without loading, also over a slow line", async (app) => {
  const page = await app.page({ latency: 100 });
  await page.goto("/");
  await online(page);
  const button = page.getByRole("button", { name: "Clicked" });
  await button.click();
  await button.click();
  await page.getByText("Clicked 2").waitFor();
});

browserTest("a restart of the server is not noticed: the state is where it was", async (app) => {
  const page = await app.page();
  await page.goto("/");
  await online(page);
  await page.getByRole("button", { name: "Clicked" }).click();
  await page.getByText("Clicked 1").waitFor();
  await app.restart();
  await online(page);
  await page.getByRole("button", { name: "Clicked" }).click();
  await page.getByText("Clicked 2").waitFor();
});
