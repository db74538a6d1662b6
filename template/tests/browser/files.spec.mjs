// Files of notes and the picture of an account, from the choice of a file to its end.

import { expectAccessible, expectToFit } from "./support/accessibility.mjs";
import { register, writeNote } from "./support/people.mjs";
import { expect, expectOnline, goLive, test } from "./support/test.mjs";

/** A picture of one pixel. */
const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

const picture = (name) => ({ name, mimeType: "image/png", buffer: PICTURE });

/** Whether a picture is there, and not only its element. */
const isShown = (image) => expect.poll(() => image.evaluate(({ naturalWidth }) => naturalWidth)).toBeGreaterThan(0);

test("files are attached to a note, shown small, shared and removed", async ({ page, baseURL }) => {
  await register(page);
  await writeNote(page, "Holiday");
  await page.getByRole("link", { name: "Holiday" }).first().click();
  await page.waitForURL("**/notes/*-*");
  await expectOnline(page);

  const files = page.locator("#attachments li");
  await page.locator("#files").setInputFiles([picture("one.png"), picture("two.png")]);
  await expect(files).toHaveText([/^\s*one\.png/, /^\s*two\.png/]);
  await isShown(files.first().locator("img"));
  await expectAccessible(page);
  await expectToFit(page);

  await page.locator("#files").setInputFiles(Array.from({ length: 11 }, (_, number) => picture(`${number}.png`)));
  await expect(page.locator("#attachments").getByRole("alert")).toHaveText("Choose up to 10 files.");
  await expect(files).toHaveCount(2);

  await files.first().getByRole("button", { name: "Share" }).click();
  const shared = new URL(await page.locator("#attachments code").innerText());
  // By somebody without a session.
  const open = () => fetch(new URL(shared.pathname + shared.search, baseURL));
  const answer = await open();
  expect(answer.status).toBe(200);
  expect(Buffer.from(await answer.arrayBuffer())).toEqual(PICTURE);

  page.once("dialog", (dialog) => dialog.accept());
  await files.first().getByRole("button", { name: "Remove" }).click();
  await expect(files).toHaveText([/^\s*two\.png/]);
  expect((await open()).status).toBe(404);
});

test("the picture of an account stands in the head of the pages until it is removed", async ({ page }) => {
  await register(page, { name: "Grace Hopper" });
  await goLive(page, "/account");
  const head = page.getByRole("banner").locator(".avatar");
  await expect(head).toHaveText("GH");
  await page.locator("#picture").setInputFiles(picture("me.png"));
  await isShown(page.getByRole("banner").locator("img.avatar"));
  await expectOnline(page);
  await expectAccessible(page);

  const program = Buffer.alloc(9000, "MZ");
  await page.locator("#picture").setInputFiles({ name: "you.png", mimeType: "image/png", buffer: program });
  await expect(page.locator("#avatar").getByRole("alert")).toContainText("you.png");
  await isShown(page.getByRole("banner").locator("img.avatar"));

  await page.getByRole("button", { name: "Remove picture" }).click();
  await expect(head).toHaveText("GH");
});
