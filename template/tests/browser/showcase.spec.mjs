// All components, and the upload.

import { createHash } from "node:crypto";

import { expect, goLive, test } from "./support/test.mjs";

test("files are sent with their progress, and what is not taken is refused", async ({ network, page }) => {
  network.latency = 20;
  await goLive(page, "/upload");
  const input = page.locator("input[type=file]");
  await input.setInputFiles([
    { name: "words.txt", mimeType: "text/plain", buffer: Buffer.from("abc") },
    { name: "long.txt", mimeType: "text/plain", buffer: Buffer.alloc(300_000, "x") },
  ]);
  // The SHA-256 of `abc`.
  await expect(page.getByText(/ba7816bf/)).toBeVisible();
  await expect(page.getByText("long.txt")).toBeVisible();
  await input.setInputFiles({ name: "film.mp4", mimeType: "video/mp4", buffer: Buffer.from("x") });
  await expect.poll(() => input.evaluate((element) => element.validationMessage)).toMatch(/film\.mp4/);
});

test.describe("with the clipboard", { tag: "@chromium" }, () => {
  test.use({ permissions: ["clipboard-read", "clipboard-write"] });

  test("a button copies a text", async ({ page }) => {
    await goLive(page, "/components");
    await page.getByRole("button", { name: "Copy a command" }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/cargo/);
  });
});

/** Counts the bytes that the page's uploads send, from before it is loaded. */
const countUploads = (page) => page.addInitScript(() => {
  window.uploaded = 0;
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function count(data) {
    window.uploaded += data.byteLength ?? 0;
    return send.call(this, data);
  };
});

const LARGE = { name: "large.txt", mimeType: "text/plain", buffer: Buffer.alloc(4_900_000, "heavy ") };
const LARGE_SHA256 = createHash("sha256").update(LARGE.buffer).digest("hex");

test("an upload goes on where the line broke", async ({ network, page }) => {
  await countUploads(page);
  network.latency = 50;
  await goLive(page, "/upload");
  await page.locator("input[type=file]").setInputFiles(LARGE);
  await page.waitForFunction(() => document.querySelector("progress")?.value > 20);
  network.disconnect();
  await expect(page.getByText("You are offline")).toBeVisible();
  network.reconnect();
  await expect(page.getByText(LARGE_SHA256)).toBeVisible();
  // What was under way when it broke, and no more, was sent twice.
  expect(await page.evaluate(() => window.uploaded)).toBeLessThan(LARGE.buffer.length + 2 ** 20 + 2 ** 17);
});

test("an upload whose server is killed begins again with the next one, and what comes is whole", async ({ app, network, page }) => {
  network.latency = 50;
  await goLive(page, "/upload");
  await page.locator("input[type=file]").setInputFiles(LARGE);
  await page.waitForFunction(() => document.querySelector("progress")?.value > 20);
  const { port } = app;
  await app.kill();
  await app.start({ port });
  await expect(page.getByText(LARGE_SHA256)).toBeVisible();
});

test("a dialog is modal, and opens again after the browser has closed it", async ({ page }) => {
  await goLive(page, "/components");
  await page.getByRole("button", { name: "Delete …" }).first().click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  expect(await dialog.evaluate((element) => element.matches(":modal"))).toBe(true);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await page.getByRole("button", { name: "Delete …" }).first().click();
  await expect(dialog).toBeVisible();
});

test("a table is sorted by its headings, and the back button leads to the page before in the same order", async ({ page }) => {
  await goLive(page, "/components");
  const first = page.locator("tbody tr").first();
  const moons = page.getByRole("columnheader", { name: "Moons" });
  await moons.getByRole("button").click();
  await expect(first).toContainText("Mercury");
  await moons.getByRole("button").click();
  await expect(first).toContainText("Saturn");
  await page.locator("nav.pages a[rel=next]").click();
  await expect(first).toContainText("Mars");
  await page.goBack();
  await expect(first).toContainText("Saturn");
  await expect(moons).toHaveAttribute("aria-sort", "descending");
});

test("items of a stream are added, changed and removed", async ({ page }) => {
  await goLive(page, "/components");
  const messages = page.locator("ul.messages li");
  await page.getByRole("button", { name: "Add a message" }).click();
  await expect(messages).toHaveText(["Message 3", "Message 2", "Message 1"]);
  await page.getByRole("button", { name: "Change the newest" }).click();
  await expect(messages.first()).toHaveText("Message 3 was changed");
  await page.getByRole("button", { name: "Remove it" }).click();
  await expect(messages).toHaveText(["Message 2", "Message 1"]);
});

test("a form counts while somebody types, says what is wrong, and keeps what was typed", async ({ page }) => {
  await goLive(page, "/components");
  await page.locator("#wishes").pressSequentially("für 😀");
  await expect(page.getByText("5 characters")).toBeVisible();
  await page.locator("#email").fill("ada@example.com");
  await page.locator("#guests").fill("2");
  await page.locator("#day").fill("2026-12-24");
  await page.locator("#seat").selectOption("garden");
  await page.getByRole("button", { name: "Book a table" }).click();
  await expect(page.locator("#rules-error")).toBeVisible();
  await page.locator("#rules").check();
  await page.getByRole("button", { name: "Book a table" }).click();
  await expect(page.getByText("Your table is booked.")).toBeVisible();
  await expect(page.locator("#seat")).toHaveValue("garden");
  await expect(page.locator("#wishes")).toHaveValue("für 😀");
});

test("tabs, a menu and a dialog are at once, and without a connection", async ({ network, page }) => {
  await goLive(page, "/components");
  network.disconnect();
  const [first, second] = [page.getByRole("tab", { name: "Copying" }), page.getByRole("tab", { name: "A number" })];
  await second.click();
  await expect(page.getByRole("button", { name: /^Like/ })).toBeVisible();
  await expect(page.getByText("cargo dev", { exact: true })).toBeHidden();
  await page.keyboard.press("ArrowRight");
  await expect(first).toBeFocused();
  await expect(first).toHaveAttribute("aria-selected", "true");
  await expect(second).toHaveAttribute("tabindex", "-1");
  await page.keyboard.press("End");
  await expect(second).toHaveAttribute("aria-selected", "true");

  const button = page.getByRole("button", { name: "Menu" });
  const [link, empty] = [page.getByRole("menuitem", { name: "First page" }), page.getByRole("menuitem", { name: "Empty the list" })];
  await button.focus();
  await page.keyboard.press("ArrowDown");
  await expect(link).toBeFocused();
  await expect(button).toHaveAttribute("aria-expanded", "true");
  await page.keyboard.press("ArrowUp");
  await expect(empty).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(button).toBeFocused();
  await expect(link).toBeHidden();
  await button.click();
  await expect(link).toBeVisible();
  await page.mouse.click(5, 5);
  await expect(link).toBeHidden();
  await expect(button).toHaveAttribute("aria-expanded", "false");

  await button.click();
  await empty.click();
  const dialog = page.getByRole("dialog", { name: "Empty the list?" });
  expect(await dialog.evaluate((element) => element.matches(":modal"))).toBe(true);
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
});

test("what was opened without the server stays so when the server changes the page; a dialog closes before the server knows", async ({ network, page }) => {
  await goLive(page, "/components");
  await page.getByRole("tab", { name: "A number" }).click();
  const like = page.getByRole("button", { name: /^Like/ });
  await like.click();
  await expect(like).toHaveText("Like (6)");
  await expect(like).not.toHaveAttribute("aria-busy");
  await expect(like).toHaveText("Like (6)");
  await page.getByRole("button", { name: "Menu" }).click();
  await page.getByRole("menuitem", { name: "Empty the list" }).click();
  network.hold();
  await page.getByRole("button", { name: "Empty it" }).click();
  await expect(page.locator("dialog#empty")).toBeHidden();
  await expect(page.getByText("The list is empty.")).toBeHidden();
  network.release();
  await expect(page.getByText("The list is empty.")).toBeVisible();
  await expect(page.getByRole("tab", { name: "A number" })).toHaveAttribute("aria-selected", "true");
});

test("Enter sends, what was sent is shown before the server has it, and the field is free for the next line", async ({ network, page }) => {
  await goLive(page, "/components");
  const [field, log] = [page.getByLabel("Message", { exact: true }), page.getByRole("log")];
  await field.fill("one");
  await field.press("Shift+Enter");
  await field.pressSequentially("two");
  network.hold();
  await field.press("Enter");
  await expect(field).toHaveValue("");
  await expect(log.locator("#sending")).toHaveText("one two");
  await field.pressSequentially("next");
  await expect(log.locator("p")).toHaveText(["one two"]);
  network.release();
  await expect(log.locator("p:not(#sending)")).toHaveText("one two");
  await expect(log.locator("#sending")).toHaveText("");
  await expect(field).toHaveValue("next");
});

test("a part that fails says so and starts again, while the rest of the page goes on and keeps what was typed", async ({ page }) => {
  await goLive(page, "/components");
  const typed = page.locator("#line"), part = page.locator("section[aria-labelledby=failing]");
  await typed.fill("half a thought");
  await part.getByLabel("Children").fill("0");
  await part.getByRole("button", { name: "Share" }).click();
  await expect(part.getByRole("alert")).toContainText("has stopped working");
  await expect(typed).toHaveValue("half a thought");
  await page.getByRole("button", { name: "More", exact: true }).click();
  await expect(page.locator("section[aria-labelledby=counting] output")).toHaveText("1");
  await part.getByRole("button", { name: "Start again" }).click();
  await part.getByLabel("Children").fill("4");
  await part.getByRole("button", { name: "Share" }).click();
  await expect(part.getByText("25 for each.")).toBeVisible();
  await expect(typed).toHaveValue("half a thought");
});
