// People who use the application.

import { randomUUID } from "node:crypto";

/** Who is in the seeds, `src/seed.rs`. Five wrong attempts lock her out: tests that get it wrong register somebody. */
export const ADA = { name: "Ada", email: "ada@example.com", password: "analytical engine" };

/** Registers somebody new by the form, which logs them in. */
export async function register(page, { name = "Grace", password = "a compiler for words" } = {}) {
  const person = { name, email: `${randomUUID()}@example.com`, password };
  await page.goto("/register");
  await page.getByLabel("Name", { exact: true }).fill(person.name);
  await page.getByLabel("E-mail address").fill(person.email);
  await page.getByLabel("Password").fill(person.password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL("**/notes");
  return person;
}

/** Logs somebody in by the form. */
export async function logIn(page, { email, password } = ADA) {
  await page.goto("/login");
  await page.getByLabel("E-mail address").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("main").getByRole("button", { name: "Log in" }).click();
  await page.waitForURL("**/notes");
}
