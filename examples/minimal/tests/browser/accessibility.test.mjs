// Every page can be used by those who cannot see it, in the dark, and on a phone.

import { axe, fits } from "./support/accessible.mjs";
import { browserTest } from "./support/test.mjs";

// In the order in which somebody new comes by; the last one is an error.
const BEFORE = ["/", "/components", "/upload", "/login", "/register"];
const AFTER = ["/", "/notes", "/notes/new", "/account", "/nowhere"];

for (const colorScheme of ["light", "dark"]) {
  for (const [device, width] of [["screen", 1280], ["phone", 390]]) {
    browserTest(`every page is accessible and fits: ${colorScheme}, ${device}`, async (app) => {
      const page = await app.page({ colorScheme, width });
      const look = async (path, name) => {
        await page.goto(path);
        await axe(page);
        await fits(page);
        await app.screenshot(page, `${name}-${colorScheme}-${device}`);
      };
      for (const path of BEFORE) await look(path, `visitor${path.replaceAll("/", "-")}`);
      // A form with everything wrong.
      await page.getByRole("button", { name: "Make my account" }).click();
      await page.getByText("This ").first().waitFor();
      await axe(page);
      await fits(page);
      await app.screenshot(page, `visitor-register-wrong-${colorScheme}-${device}`);

      await app.register(page);
      await writeNote(page, "Averylongwordthatnobreakwouldeverhelp".repeat(3), "And a text of some length. ".repeat(20));
      for (const path of AFTER) await look(path, `user${path.replaceAll("/", "-")}`);
      await page.goto("/notes");
      await page.getByRole("link", { name: "Averylong" }).click();
      await page.getByRole("button", { name: "Save" }).waitFor();
      await axe(page);
      await fits(page);
      await app.screenshot(page, `user-note-${colorScheme}-${device}`);
    });
  }
}

async function writeNote(page, title, text) {
  await page.goto("/notes/new");
  await page.getByLabel("Title", { exact: true }).fill(title);
  await page.getByLabel("Text", { exact: true }).fill(text);
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForURL("**/notes");
}
