// A team: from its beginning, through an invitation, to notes that its members have in common.

import { expectAccessible, expectToFit } from "./support/accessibility.mjs";
import { openMail, register, writeNote } from "./support/people.mjs";
import { expect, goLive, test } from "./support/test.mjs";

test("who accepts an invitation sees the notes of the team, at once and in no other team", async ({ newPage, page }) => {
  await register(page, { name: "Ada" });
  const other = await newPage();
  const grace = await register(other);

  await page.goto("/teams");
  await page.getByLabel("Name", { exact: true }).fill("Engine works");
  await page.getByRole("button", { name: "Create" }).click();
  await expect(page.getByRole("heading", { name: "Engine works", level: 1 })).toBeVisible();
  await page.getByLabel("E-mail address").fill(grace.email);
  await page.getByRole("button", { name: "Invite" }).click();
  await expect(page.getByRole("heading", { name: grace.email })).toBeVisible();
  await expectAccessible(page);
  await expectToFit(page);

  await openMail(other, grace.email, "You are invited to a team");
  await other.getByRole("button", { name: "Join the team" }).click();
  await other.waitForURL("**/notes");
  await goLive(other, "/notes");

  await writeNote(page, "For all of us");
  const note = other.getByRole("heading", { name: "For all of us" });
  await expect(note).toBeVisible();

  await other.getByLabel("Team", { exact: true }).selectOption("Just me");
  await other.getByRole("button", { name: "Switch" }).click();
  await expect(note).toHaveCount(0);
});
