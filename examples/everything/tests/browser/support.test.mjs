// The tests' own tools: a test that cannot fail would prove nothing.

import { axe, fits } from "./support/accessible.mjs";
import { assert, browserTest, eventually } from "./support/test.mjs";

browserTest("what breaks the Content-Security-Policy is a problem", async (app) => {
  const page = await app.page();
  await page.goto("/");
  await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "1";
    document.head.append(script);
  });
  await eventually(() => assert.match(app.problems.join(), /Content Security Policy/));
  app.allow(/Content Security Policy/);
});

browserTest("a part of a page that is missing, and a script that throws, are problems", async (app) => {
  const page = await app.page();
  await page.goto("/");
  await page.evaluate(() => {
    const image = document.createElement("img");
    image.src = "/static/none.svg";
    document.body.append(image);
    setTimeout(() => {
      throw new Error("on purpose");
    });
  });
  await eventually(() => assert.match(app.problems.join(), /404 for GET .*none\.svg/));
  await eventually(() => assert.match(app.problems.join(), /on purpose/));
  app.allow(/none\.svg|on purpose/);
});

browserTest("what is inaccessible or too wide is found", async (app) => {
  const page = await app.page({ width: 390 });
  await page.goto("/");
  await page.evaluate(() => {
    const image = document.createElement("img");
    image.src = "/static/favicon.svg";
    image.width = 1000;
    document.body.append(image);
  });
  await assert.rejects(axe(page), /image-alt/);
  await assert.rejects(fits(page), /favicon/);
});

browserTest("an answer takes twice the latency at least", async (app) => {
  const page = await app.page({ latency: 200 });
  const begun = performance.now();
  await page.goto("/");
  assert.ok(performance.now() - begun >= 400);
});

browserTest("a page finds the application again after a restart, and after its link was cut", async (app) => {
  const page = await app.page();
  await page.goto("/");
  const fetched = () => page.evaluate(() => fetch("/healthz").then(({ status }) => status, () => "unreachable"));
  assert.equal(await fetched(), 200);
  await app.restart();
  assert.equal(await fetched(), 200);
  await app.kill();
  assert.equal(await fetched(), "unreachable");
  await app.start();
  assert.equal(await fetched(), 200);
  app.cut(page);
  assert.equal(await fetched(), "unreachable");
  app.mend(page);
  assert.equal(await fetched(), 200);
});
