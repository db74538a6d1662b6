// The tests' own tools: a test that cannot fail would prove nothing.

import { expectAccessible, expectToFit, PHONE } from "./support/accessibility.mjs";
import { expect, test } from "./support/test.mjs";

test("what breaks the Content-Security-Policy is a problem", async ({ page, problems }) => {
  await page.goto("/");
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "1";
    document.head.append(script);
  });
  await expect.poll(() => problems.list.join()).toMatch(/Content Security Policy/);
  problems.allow(/Content Security Policy/);
});

test("a part of a page that is missing, and a script that throws, are problems", async ({ page, problems }) => {
  await page.goto("/");
  await page.evaluate(() => {
    const image = document.createElement("img");
    image.src = "/static/none.svg";
    document.body.append(image);
    setTimeout(() => {
      throw new Error("on purpose");
    });
  });
  await expect.poll(() => problems.list.join()).toMatch(/404 for GET .*none\.svg/);
  await expect.poll(() => problems.list.join()).toMatch(/on purpose/);
  problems.allow(/none\.svg|on purpose/);
});

test.describe("on a phone", () => {
  test.use(PHONE);

  test("what is inaccessible or too wide is found", async ({ page }) => {
    await page.goto("/");
    await page.evaluate(() => {
      const image = document.createElement("img");
      image.src = "/static/favicon.svg";
      image.width = 1000;
      document.body.append(image);
    });
    await expect(expectAccessible(page)).rejects.toThrow(/image-alt/);
    await expect(expectToFit(page)).rejects.toThrow(/favicon/);
  });
});

test("a response takes twice the latency at least", async ({ network, page }) => {
  network.latency = 200;
  const begun = performance.now();
  await page.goto("/");
  expect(performance.now() - begun).toBeGreaterThanOrEqual(400);
});

test("a page finds the application again after a restart, and after its network was disconnected", async ({ app, network, page }) => {
  await page.goto("/");
  const fetched = () => page.evaluate(() => fetch("/healthz").then(({ status }) => status, () => "unreachable"));
  expect(await fetched()).toBe(200);
  await app.restart();
  expect(await fetched()).toBe(200);
  await app.kill();
  expect(await fetched()).toBe("unreachable");
  await app.start();
  expect(await fetched()).toBe(200);
  network.disconnect();
  expect(await fetched()).toBe("unreachable");
  network.reconnect();
  expect(await fetched()).toBe(200);
});
