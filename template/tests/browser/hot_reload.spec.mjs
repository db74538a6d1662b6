// What a page that is open shows under `cargo dev`, whose place is taken by a socket here.

import { once } from "node:events";
import { createServer } from "node:net";

import { expect, test } from "./support/test.mjs";

test("what the compiler says is shown as text, until it is dismissed or fixed", async ({ app, page }) => {
  const dev = createServer().listen(0, "127.0.0.1");
  await once(dev, "listening");
  const connected = once(dev, "connection");
  await app.restart({ env: { CARGO_DEV: `127.0.0.1:${dev.address().port}/token` } });
  const [link] = await connected;
  const show = (problem) => link.write(`${JSON.stringify({ show: { problem, notices: [] } })}\n`);

  await page.goto("/login");
  const field = page.getByLabel("E-mail address");
  await field.pressSequentially("ada@");
  const overlay = page.locator("cargo-dev section");
  show({ title: "The application cannot be built", texts: ["expected `Vec<script>`\n --> src/lib.rs:1:2"] });
  await expect(overlay.getByText("expected `Vec<script>`")).toBeVisible();
  await expect(field).toHaveValue("ada@");
  await page.keyboard.press("Escape");
  await expect(overlay).not.toBeAttached();

  show({ title: "Another mistake", texts: [] });
  await expect(overlay).toBeVisible();
  show(null);
  await expect(overlay).not.toBeAttached();

  // Without `cargo dev` there is nothing of this. The page that is open would go on asking for it.
  await page.goto("about:blank");
  link.destroy();
  dev.close();
  await app.restart();
  await page.goto("/login");
  await expect(page.locator('script[src^="/_dev/"]')).toHaveCount(0);
});
