// Live pages, as somebody with a browser has them.

import { assert, browserTest, eventually } from "./support/test.mjs";

/** Waits until the page has its connection. */
const online = (page) => page.waitForFunction(() => document.documentElement.dataset.live === "online");

async function open(page, path) {
  await page.goto(path);
  await online(page);
}

browserTest("what is typed over a slow line stays as it is typed", async (app) => {
  const page = await app.page({ latency: 100 });
  await app.register(page);
  await open(page, "/notes");
  const search = page.getByLabel("Find in your notes");
  await search.pressSequentially("analytical engine", { delay: 30 });
  assert.equal(await search.inputValue(), "analytical engine");
  await page.getByText("No note contains “analytical engine”").waitFor();
  assert.equal(await search.inputValue(), "analytical engine");
  assert.equal(await page.evaluate(() => document.activeElement.id), "q");
});

browserTest("a restart in the middle of a note loses neither text nor caret nor focus", async (app) => {
  const page = await app.page({ latency: 100 });
  await app.register(page);
  await open(page, "/notes/new");
  await page.getByLabel("Title", { exact: true }).fill("Looms");
  const text = page.getByLabel("Text", { exact: true });
  await text.pressSequentially("Flowers and leaves");
  await text.evaluate((element) => element.setSelectionRange(7, 7));
  await app.restart();
  await text.pressSequentially(",");
  await online(page);
  await text.pressSequentially(" fruit");
  assert.equal(await text.inputValue(), "Flowers, fruit and leaves");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("It is saved.").waitFor();
  await page.getByText("Flowers, fruit and leaves").waitFor();
  assert.match(page.url(), /\/notes$/);
});

browserTest("two windows show the same notes, and of two edits nothing is lost unseen", async (app) => {
  const [one, other] = [await app.page({ latency: 50 }), await app.page()];
  const person = await app.register(one);
  await app.logIn(other, person);
  await open(other, "/notes");
  await open(one, "/notes/new");
  await one.getByLabel("Title", { exact: true }).fill("Shared");
  await one.getByRole("button", { name: "Save" }).click();
  await other.getByRole("link", { name: "Shared" }).click();
  await one.getByRole("link", { name: "Shared" }).click();
  await other.getByRole("heading", { name: "Edit note" }).waitFor();
  await one.getByRole("heading", { name: "Edit note" }).waitFor();
  await other.getByLabel("Text", { exact: true }).fill("mine");
  await one.getByLabel("Text", { exact: true }).fill("theirs");
  await one.getByRole("button", { name: "Save" }).click();
  await other.getByText("This note was changed in the meantime.").waitFor();
  await other.getByText("theirs").waitFor();
  assert.equal(await other.getByLabel("Text", { exact: true }).inputValue(), "mine");
  await app.screenshot(other, "conflict");
  await other.getByRole("button", { name: "Save" }).click();
  await one.getByText("mine").waitFor();
});

browserTest("links lead on and back without loading, to where one was", async (app) => {
  const page = await app.page({ height: 400 });
  await app.register(page);
  await open(page, "/notes");
  await page.evaluate(() => { window.stays = true; });
  for (let n = 1; n <= 12; n += 1) {
    await page.getByRole("link", { name: "Write a note" }).click();
    await page.getByLabel("Title", { exact: true }).fill(`Note number ${n}`);
    await page.getByLabel("Title", { exact: true }).press("Enter");
    await page.getByRole("link", { name: `Note number ${n}`, exact: true }).waitFor();
  }
  await page.evaluate(() => scrollTo(0, 150));
  await page.getByRole("link", { name: "Note number 9", exact: true }).click();
  await page.getByRole("heading", { name: "Edit note" }).waitFor();
  assert.match(await page.title(), /^Edit note/);
  assert.equal(await page.evaluate(() => scrollY), 0);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Edit note");
  const before = page.url();
  await page.goBack();
  await page.getByRole("heading", { name: "Notes", exact: true }).waitFor();
  assert.match(await page.title(), /^Notes/);
  await eventually(async () => assert.ok((await page.evaluate(() => scrollY)) > 100));
  await page.goForward();
  await page.getByRole("heading", { name: "Edit note" }).waitFor();
  assert.equal(page.url(), before);
  assert.equal(await page.evaluate(() => window.stays), true, "the page was loaded again");
});

browserTest("who is cut off is told so, and everything goes on afterwards", async (app) => {
  const page = await app.page();
  await app.register(page);
  await open(page, "/notes/new");
  app.cut(page);
  await page.getByText("You are offline").waitFor();
  await app.screenshot(page, "offline");
  await page.getByLabel("Title", { exact: true }).fill("Written offline");
  app.mend(page);
  await online(page);
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "Written offline" }).waitFor();
});

browserTest("who logs out in one window is logged out in the others", async (app) => {
  const page = await app.page();
  await app.register(page);
  const other = await page.context().newPage();
  await open(other, "/notes");
  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByText("You are logged out.").waitFor();
  await other.waitForURL("**/login?next=/notes");
});

browserTest("a registration is checked field by field while it is filled in", async (app) => {
  const page = await app.page();
  await open(page, "/register");
  await page.getByLabel("E-mail address").fill("ada");
  await page.getByLabel("Password").focus();
  await page.locator("#email-error").waitFor();
  assert.equal(await page.locator(".field-error").count(), 1);
  await page.getByLabel("E-mail address").fill("ada@example.org");
  await page.getByLabel("Password").focus();
  await page.locator("#email-error").waitFor({ state: "detached" });
});

browserTest("after loading less than a kilobyte goes over the wire until somebody does something", async (app) => {
  const page = await app.page();
  await open(page, "/");
  let bytes = 0;
  page.on("websocket", (socket) => {
    socket.on("framereceived", ({ payload }) => { bytes += payload.length; });
  });
  // With the cookie of the time zone, as on every visit but the first.
  await page.goto("/login");
  await online(page);
  await page.waitForFunction(() => document.title.startsWith("Log in"));
  assert.ok(bytes > 0 && bytes <= 1024, `${bytes} bytes`);
});
