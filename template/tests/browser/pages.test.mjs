// The example pages that are not notes: the first page, all components, the upload.

import { assert, browserTest, eventually } from "./support/test.mjs";

const online = (page) => page.waitForFunction(() => document.documentElement.dataset.live === "online");

async function open(page, path) {
  await page.goto(path);
  await online(page);
}

browserTest("the first page counts, knows the zone of the visitor, and calls the browser", async (app) => {
  const page = await app.page({ latency: 100, timezoneId: "Europe/Berlin", permissions: ["clipboard-read", "clipboard-write"] });
  await open(page, "/");
  await page.getByText("Europe/Berlin").waitFor();
  await page.getByRole("button", { name: "Clicked 0 times" }).click();
  await page.getByRole("button", { name: "Clicked 1 time" }).click();
  await page.getByText("Clicked 2 times").waitFor();
  await page.getByRole("button", { name: "Copy a command" }).click();
  await eventually(async () => assert.match(await page.evaluate(() => navigator.clipboard.readText()), /cargo/));
  await page.getByText("The way of a request").click();
  await app.restart();
  await online(page);
  await page.getByText("Clicked 2 times").click();
  await page.getByText("Clicked 3 times").waitFor();
  await app.screenshot(page, "home-used");
});

browserTest("a form says field by field what is wrong, and works without a script as well", async (app) => {
  for (const javaScript of [true, false]) {
    const page = await app.page({ javaScript });
    await page.goto("/");
    if (javaScript) await online(page);
    await page.locator("#what").fill("the moon");
    await page.getByRole("button", { name: "Count", exact: true }).click();
    await page.locator("#day-error").waitFor();
    assert.equal(await page.locator("#what").inputValue(), "the moon");
  }
});

browserTest("files are sent with their progress, and what is not taken is refused", async (app) => {
  const page = await app.page({ latency: 20 });
  await open(page, "/upload");
  const input = page.locator("input[type=file]");
  await input.setInputFiles([
    { name: "words.txt", mimeType: "text/plain", buffer: Buffer.from("abc") },
    { name: "long.txt", mimeType: "text/plain", buffer: Buffer.alloc(300_000, "x") },
  ]);
  // The SHA-256 of `abc`.
  await page.getByText(/ba7816bf/).waitFor();
  await page.getByText("long.txt").waitFor();
  await app.screenshot(page, "uploaded");
  await input.setInputFiles({ name: "film.mp4", mimeType: "video/mp4", buffer: Buffer.from("x") });
  await eventually(async () => assert.match(await input.evaluate((element) => element.validationMessage), /film\.mp4/));
});

browserTest("every component works: dialog, table, stream, inputs", async (app) => {
  const page = await app.page();
  await open(page, "/components");
  await page.getByRole("button", { name: "Delete …" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.waitFor();
  assert.equal(await dialog.evaluate((element) => element.matches(":modal")), true);
  await app.screenshot(page, "dialog");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  await page.getByRole("button", { name: "Delete …" }).first().click();
  await dialog.waitFor();
});
