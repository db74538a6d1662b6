// Live pages, as somebody with a browser has them.

import { logIn, register } from "./support/people.mjs";
import { expect, expectOnline, goLive, test } from "./support/test.mjs";

test("what is typed over a slow line stays as it is typed", async ({ network, page }) => {
  network.latency = 100;
  await register(page);
  await goLive(page, "/notes");
  const search = page.getByLabel("Find in your notes");
  await search.pressSequentially("analytical engine", { delay: 30 });
  expect(await search.inputValue()).toBe("analytical engine");
  await expect(page.getByText("No note contains “analytical engine”")).toBeVisible();
  expect(await search.inputValue()).toBe("analytical engine");
  await expect(search).toBeFocused();
});

test("a restart in the middle of a note loses neither text nor caret nor focus", async ({ app, network, page }) => {
  network.latency = 100;
  await register(page);
  await goLive(page, "/notes/new");
  await page.getByLabel("Title", { exact: true }).fill("Looms");
  const text = page.getByLabel("Text", { exact: true });
  await text.pressSequentially("Flowers and leaves");
  await text.evaluate((element) => element.setSelectionRange(7, 7));
  await app.restart();
  await text.pressSequentially(",");
  await expectOnline(page);
  await text.pressSequentially(" fruit");
  expect(await text.inputValue()).toBe("Flowers, fruit and leaves");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Your changes were saved.")).toBeVisible();
  await expect(page.getByText("Flowers, fruit and leaves")).toBeVisible();
  expect(page.url()).toMatch(/\/notes$/);
});

test("two windows show the same notes, and of two edits nothing is lost unseen", async ({ network, newPage, page: one }) => {
  network.latency = 50;
  const other = await newPage();
  const person = await register(one);
  await logIn(other, person);
  await goLive(other, "/notes");
  await goLive(one, "/notes/new");
  await one.getByLabel("Title", { exact: true }).fill("Shared");
  await one.getByRole("button", { name: "Save" }).click();
  await other.getByRole("link", { name: "Shared" }).click();
  await one.getByRole("link", { name: "Shared" }).click();
  await expect(other.getByRole("heading", { name: "Edit note" })).toBeVisible();
  await expect(one.getByRole("heading", { name: "Edit note" })).toBeVisible();
  await other.getByLabel("Text", { exact: true }).fill("mine");
  await one.getByLabel("Text", { exact: true }).fill("theirs");
  await one.getByRole("button", { name: "Save" }).click();
  await expect(other.getByText("This note was changed in the meantime.")).toBeVisible();
  await expect(other.getByText("theirs")).toBeVisible();
  expect(await other.getByLabel("Text", { exact: true }).inputValue()).toBe("mine");
  await other.getByRole("button", { name: "Save" }).click();
  await expect(one.getByText("mine")).toBeVisible();
});

test.describe("in a low window", () => {
  test.use({ viewport: { width: 1280, height: 400 } });

  test("links lead on and back without loading, to where one was", async ({ page }) => {
    await register(page);
    await goLive(page, "/notes");
    await page.evaluate(() => { window.stays = true; });
    for (let n = 1; n <= 12; n += 1) {
      await page.getByRole("link", { name: "Write a note" }).click();
      await page.getByLabel("Title", { exact: true }).fill(`Note number ${n}`);
      await page.getByLabel("Title", { exact: true }).press("Enter");
      await expect(page.getByRole("link", { name: `Note number ${n}`, exact: true })).toBeVisible();
    }
    await page.evaluate(() => scrollTo(0, 150));
    await page.getByRole("link", { name: "Note number 9", exact: true }).click();
    await expect(page.getByRole("heading", { name: "Edit note" })).toBeVisible();
    expect(await page.title()).toMatch(/^Edit note/);
    expect(await page.evaluate(() => scrollY)).toBe(0);
    expect(await page.evaluate(() => document.activeElement.textContent)).toBe("Edit note");
    const before = page.url();
    await page.goBack();
    await expect(page.getByRole("heading", { name: "Notes", exact: true })).toBeVisible();
    expect(await page.title()).toMatch(/^Notes/);
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(100);
    await page.goForward();
    await expect(page.getByRole("heading", { name: "Edit note" })).toBeVisible();
    expect(page.url()).toBe(before);
    expect(await page.evaluate(() => window.stays), "the page was not loaded again").toBe(true);
  });
});

test("what was written is there again on the way back, in the page and in a list that had grown", async ({ page }) => {
  await register(page);
  await goLive(page, "/notes");
  await page.evaluate(async () => {
    for (let n = 1; n <= 45; n += 1) {
      const body = new URLSearchParams({ title: `Note number ${n}`, body: "" });
      await fetch("/notes", { method: "POST", body, redirect: "manual" });
    }
  });
  const notes = page.locator("article.note");
  await goLive(page, "/notes");
  const first = await notes.count();
  expect(first).toBeLessThan(45);
  await expect(async () => {
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
    await expect(notes).toHaveCount(45, { timeout: 1_000 });
  }).toPass();
  await page.evaluate(() => scrollTo(0, document.body.scrollHeight - innerHeight - 100));
  const at = await page.evaluate(() => Math.round(scrollY));
  // Not by the mouse, for which a browser may scroll first.
  await page.getByRole("link", { name: "Note number 2", exact: true }).evaluate((link) => link.click());
  await expect(page.getByRole("heading", { name: "Edit note" })).toBeVisible();
  await page.goBack();
  await expect(notes).toHaveCount(45);
  await expect.poll(() => page.evaluate(() => Math.round(scrollY))).toBe(at);
  await page.getByRole("link", { name: "Write a note" }).click();
  await page.getByLabel("Text", { exact: true }).fill("half a thought");
  await page.getByRole("link", { name: "Notes", exact: true }).click();
  await expect(page.getByRole("heading", { name: "Notes", exact: true })).toBeVisible();
  await page.goBack();
  await expect(page.getByLabel("Text", { exact: true })).toHaveValue("half a thought");
});

test("who is cut off is told so, and everything goes on afterwards", async ({ network, page }) => {
  await register(page);
  await goLive(page, "/notes/new");
  network.disconnect();
  await expect(page.getByText("You are offline")).toBeVisible();
  await page.getByLabel("Title", { exact: true }).fill("Written offline");
  network.reconnect();
  await expectOnline(page);
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("link", { name: "Written offline" })).toBeVisible();
});

test("who logs out in one window is logged out in the others", async ({ context, page }) => {
  await register(page);
  const other = await context.newPage();
  await goLive(other, "/notes");
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page.getByText("You are logged out.")).toBeVisible();
  await other.waitForURL("**/login?next=/notes");
});

test("a registration is checked field by field while it is filled in", async ({ page }) => {
  await goLive(page, "/register");
  await page.getByLabel("E-mail address").pressSequentially("ada");
  await page.getByLabel("Password").focus();
  await expect(page.locator("#email-error")).toBeVisible();
  await expect(page.locator(".field-error")).toHaveCount(1);
  await page.getByLabel("E-mail address").clear();
  await page.getByLabel("E-mail address").pressSequentially("ada@example.org");
  await page.getByLabel("Password").focus();
  await expect(page.locator("#email-error")).not.toBeAttached();
});

test("after loading less than a kilobyte goes over the wire until somebody does something", { tag: "@chromium" }, async ({ page }) => {
  await goLive(page, "/");
  let bytes = 0;
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => { bytes += payload.length; });
  });
  // With the cookie of the time zone, as on every visit but the first.
  await goLive(page, "/login");
  await expect(page).toHaveTitle(/^Log in/);
  expect(bytes).toBeGreaterThan(0);
  expect(bytes).toBeLessThanOrEqual(1024);
});

test("a note that is saved by a double click over a slow line is one note", async ({ network, page }) => {
  network.latency = 50;
  await register(page);
  await goLive(page, "/notes/new");
  await page.getByLabel("Title", { exact: true }).fill("Once");
  await page.getByRole("button", { name: "Save" }).dblclick();
  await expect(page.getByText("Your changes were saved.")).toBeVisible();
  await expect(page.getByRole("link", { name: "Once", exact: true })).toHaveCount(1);
});

for (const [how, happens] of [
  ["breaks", async ({ network }) => { network.disconnect(); network.reconnect(); }],
  ["leads to a server that restarts", ({ app }) => app.restart()],
]) {
  test(`a note that is being saved while the line ${how} is stored once, or its writer told`, async ({ app, network, page }) => {
    network.latency = 100;
    await register(page);
    await goLive(page, "/notes/new");
    await page.getByLabel("Title", { exact: true }).fill("On its way");
    network.latency = 1_000;
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForFunction(() => document.querySelector("form[aria-busy]"));
    await happens({ app, network });
    const told = page.locator(".live-notice"), saved = page.getByRole("link", { name: "On its way", exact: true });
    await expect(told.or(saved)).toBeVisible();
    if (await told.isVisible()) {
      expect(await page.getByLabel("Title", { exact: true }).inputValue()).toBe("On its way");
      await page.getByRole("link", { name: "Cancel" }).click();
      await expect(page.getByRole("heading", { name: "Notes", exact: true })).toBeVisible();
      expect(await saved.count()).toBeLessThanOrEqual(1);
    } else await expect(saved).toHaveCount(1);
  });
}

test("a note of 19,000 characters of four bytes is saved, and a text that is too long is told at its field", async ({ page }) => {
  await register(page);
  await goLive(page, "/notes/new");
  const text = page.getByLabel("Text", { exact: true });
  await page.getByLabel("Title", { exact: true }).fill("Long");
  await text.fill("𝕏".repeat(150_000));
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.locator("textarea + .live-notice")).toContainText("too long to be sent");
  expect((await text.inputValue()).length).toBe(300_000);
  await text.fill("𝕏".repeat(19_000));
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Your changes were saved.")).toBeVisible();
  await page.getByRole("link", { name: "Long", exact: true }).click();
  expect((await text.inputValue()).length).toBe(38_000);
});
