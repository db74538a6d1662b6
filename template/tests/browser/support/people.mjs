// People who use the application.

import { randomUUID } from "node:crypto";

import { expect } from "./test.mjs";

/** Who is in the seeds, `src/seed.rs`. Five wrong attempts lock her out: tests that get it wrong register somebody. */
export const ADA = { name: "Ada", email: "ada@example.com", password: "analytical engine" };

/** Registers somebody new by the form, and opens the link in the mail, which logs them in. */
export async function register(page, { name = "Grace", password = "a compiler for words" } = {}) {
  const person = { name, email: `${randomUUID()}@example.com`, password };
  await page.goto("/register");
  await page.getByLabel("Name", { exact: true }).fill(person.name);
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/mail-sent");
  await openMail(page, person.email);
  await page.getByRole("button", { name: "Confirm and log in" }).click();
  await page.waitForURL("**/notes");
  return person;
}

/** Opens the link of the last mail to an address with this subject, when it has come. */
export async function openMail(page, address, subject = "Confirm your e-mail address") {
  const mails = page.locator("article.mail", { hasText: address }).filter({ hasText: subject });
  const link = mails.first().locator("pre a").first();
  await expect(async () => {
    await page.goto("/_dev/mail");
    await expect(link).toBeVisible({ timeout: 500 });
  }).toPass();
  const { pathname, search } = new URL(await link.getAttribute("href"));
  await page.goto(pathname + search);
}

/** Logs somebody in by the form. */
export async function logIn(page, { email, password } = ADA) {
  await page.goto("/login");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("main").getByRole("button", { name: "Log in", exact: true }).click();
  await page.waitForURL("**/notes");
}

/** Writes a note by the form. */
export async function writeNote(page, title, text = "") {
  await page.goto("/notes/new");
  await page.getByLabel("Title", { exact: true }).fill(title);
  await page.getByLabel("Text", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL("**/notes");
}
