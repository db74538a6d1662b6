// What is done by mail, which development shows at /_dev/mail.

import { logIn, openMail, register } from "./support/people.mjs";
import { expect, goLive, test } from "./support/test.mjs";

test("somebody who has forgotten the password chooses a new one by mail", async ({ page }) => {
  const person = await register(page);
  await page.getByRole("button", { name: "Log out" }).click();
  await page.goto("/login");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByRole("button", { name: "Choose a new password" }).click();
  await page.waitForURL("**/mail-sent");
  await openMail(page, person.email, "Choose a new password");
  const password = "another engine altogether";
  await page.getByLabel("New password").fill(password);
  await page.getByRole("button", { name: "Save the password" }).click();
  await page.waitForURL("**/login");
  await logIn(page, { ...person, password });
});

test("a mail appears by itself, and the link of its HTML opens", async ({ context, page }) => {
  const person = await register(page);
  await goLive(page, "/_dev/mail");
  const other = await context.newPage();
  await other.goto("/forgot-password");
  await other.getByLabel("E-mail address").fill(person.email);
  await other.getByRole("button", { name: "Log in by a link" }).click();
  const mail = page.locator("article.mail", { hasText: person.email }).first();
  await expect(mail.getByRole("heading", { name: "Your link to log in" })).toBeVisible();
  await mail.getByText("HTML", { exact: true }).click();
  const opened = context.waitForEvent("page");
  await mail.frameLocator("iframe").getByRole("link", { name: "Log in" }).click();
  await (await opened).waitForURL("**/link?token=*");
});
