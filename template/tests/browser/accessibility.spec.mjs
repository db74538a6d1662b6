// Every page can be used by those who cannot see it, in the dark, and on a phone.

import { expectAccessible, expectToFit, PHONE } from "./support/accessibility.mjs";
import { register, writeNote } from "./support/people.mjs";
import { test } from "./support/test.mjs";

// In the order in which somebody new comes by; the last one is an error.
{%- if showcase %}
const BEFORE = ["/", "/components", "/upload", "/login", "/forgot-password", "/mail-sent", "/register"];
{%- else %}
const BEFORE = ["/", "/login", "/forgot-password", "/mail-sent", "/register"];
{%- endif %}
const AFTER = ["/", "/notes", "/notes/new", "/account", "/account/activity", "/account/email", "/account/password", "/account/security", "/confirm-password", "/_dev/mail", "/nowhere"];
{%- if jobs %}
AFTER.push("/jobs");
{%- endif %}

for (const colorScheme of ["light", "dark"]) {
  for (const [device, options] of [["screen", {}], ["phone", PHONE]]) {
    test.describe(`${colorScheme}, ${device}`, () => {
      test.use({ colorScheme, ...options });

      test("every page is accessible and fits", async ({ page }) => {
        const look = async () => {
          await expectAccessible(page);
          await expectToFit(page);
        };
        for (const path of BEFORE) {
          await page.goto(path);
          await look();
        }
        // A form with everything wrong.
        await page.getByRole("button", { name: "Create account" }).click();
        await page.getByText("This ").first().waitFor();
        await look();

        await register(page);
        await writeNote(page, "Averylongwordthatnobreakwouldeverhelp".repeat(3), "And a text of some length. ".repeat(20));
        for (const path of AFTER) {
          await page.goto(path);
          await look();
        }
        await page.goto("/notes");
        await page.getByRole("link", { name: "Averylong" }).click();
        await page.getByRole("button", { name: "Save" }).waitFor();
        await look();
      });
    });
  }
}
