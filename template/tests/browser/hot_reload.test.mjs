// What a page that is open shows under `cargo dev`, whose place is taken by a socket here.

import { once } from "node:events";
import { createServer } from "node:net";

import { assert, browserTest } from "./support/test.mjs";

browserTest("what the compiler says is shown as text, until it is put away or mended", async (app) => {
  const dev = createServer().listen(0, "127.0.0.1");
  await once(dev, "listening");
  const connected = once(dev, "connection");
  await app.restart({ env: { CARGO_DEV: `127.0.0.1:${dev.address().port}/token` } });
  const [link] = await connected;
  const show = (problem) => link.write(`${JSON.stringify({ show: { problem, notices: [] } })}\n`);

  const page = await app.page();
  await page.goto("/login");
  const field = page.getByLabel("E-mail address");
  await field.pressSequentially("ada@");
  const overlay = page.locator("cargo-dev section");
  show({ title: "The application cannot be built", texts: ["expected `Vec<script>`\n --> src/lib.rs:1:2"] });
  await overlay.getByText("expected `Vec<script>`").waitFor();
  await app.screenshot(page, "hot_reload");
  assert.equal(await field.inputValue(), "ada@");
  await page.keyboard.press("Escape");
  await overlay.waitFor({ state: "detached" });

  show({ title: "Another mistake", texts: [] });
  await overlay.waitFor();
  show(null);
  await overlay.waitFor({ state: "detached" });

  // Without `cargo dev` there is nothing of this.
  link.destroy();
  dev.close();
  await app.restart();
  await page.goto("/login");
  assert.equal(await page.locator('script[src^="/_dev/"]').count(), 0);
});
