// What comes too late: for a handler that is not there any more, for another connection, for a page that was to be left.

import { expect, test } from "./test.mjs";

test("typing that waited is told to who listens by then", async ({ open }) => {
  const html = (id, more = "") => `<p><input id="t" on:input="${id}" data-debounce="60000"></p><button on:click="9">B</button>${more}`;
  const fake = await open(html(1));
  await fake.page.locator("#t").fill("slow");
  // What was said to be 1 is something else now.
  fake.draw(html(2, `<button on:click="1">Delete</button>`));
  await fake.heard();
  await fake.page.getByRole("button", { name: "B" }).click();
  await fake.until(([, , , , kind]) => kind === "click");
  expect(fake.events().map(([, , version, id, kind]) => [version, id, kind])).toEqual([[2, "2", "input"], [2, "9", "click"]]);
});

test("a click while the connection is about to end is sent by the next one", async ({ open }) => {
  const fake = await open(`<button on:click="0">B</button>`);
  await fake.page.evaluate(() => {
    const Socket = WebSocket;
    window.WebSocket = function open(url) { return window.latest = new Socket(url); };
  });
  const comes = async () => {
    const before = fake.sent.filter(([kind]) => kind === "join").length;
    await fake.socket.close({ code: 1012 });
    await fake.until(() => fake.sent.filter(([kind]) => kind === "join").length > before);
    await fake.page.waitForFunction(() => document.documentElement.dataset.live === "online");
  };
  await comes();
  await fake.page.evaluate(() => Object.defineProperty(window.latest, "readyState", { get: () => 2, set() {} }));
  await fake.page.getByRole("button").click();
  expect(fake.events().length).toBe(0);
  await comes();
  await fake.until(([, , , , kind]) => kind === "click");
  expect(fake.events("click").length).toBe(1);
});

test("an answer of the browser does not go to a connection that has not asked", async ({ open }) => {
  const fake = await open("<p>x</p>");
  await fake.page.evaluate(() => { window.slow = () => new Promise((answer) => { window.answer = answer; }); });
  fake.say({ c: [[1, [["slow"]]]] });
  await fake.heard();
  await fake.socket.close({ code: 1012 });
  await fake.until(([kind, of]) => kind === "join" && of.again);
  await fake.page.waitForFunction(() => document.documentElement.dataset.live === "online");
  await fake.page.evaluate(() => window.answer("late"));
  await fake.heard();
  expect(fake.sent.filter(([kind, id]) => kind === "ret" && id === 1).length).toBe(0);
});

test("a page that was to be left for a download goes on", async ({ open }) => {
  const fake = await open(`<a data-link="" href="/export">Export</a><b on:click="0">B</b>`, { clock: true });
  await fake.context.route("**/export", (route) => route.fulfill({ headers: { "content-disposition": "attachment; filename=a.csv" }, body: "a" }));
  const download = fake.page.waitForEvent("download");
  await fake.page.getByText("Export").click();
  await fake.until(([kind]) => kind === "nav");
  fake.say({ a: 1, go: "/export" });
  await fake.socket.close({ code: 1000 });
  await download;
  await fake.page.clock.runFor(10_000);
  await fake.page.waitForFunction(() => document.documentElement.dataset.live === "online");
  await fake.page.getByText("B", { exact: true }).click();
  await fake.until(([, , , , kind]) => kind === "click");
  expect(fake.sent.filter(([kind]) => kind === "nav").length).toBe(1);
  expect(await fake.page.evaluate(() => document.documentElement.hasAttribute("aria-busy"))).toBe(false);
});

test("what was too large is not said again and again, and whoever is sent away comes back more and more slowly", async ({ open }) => {
  const fake = await open(`<input id="t" on:input="0">`, { clock: true });
  await fake.page.locator("#t").fill("too large");
  await fake.until(([kind]) => kind === "ev");
  await fake.socket.close({ code: 4002, reason: "a message is too large" });
  await fake.page.waitForFunction(() => document.documentElement.dataset.live !== "online");
  await fake.page.clock.runFor(1000);
  await fake.page.waitForFunction(() => document.documentElement.dataset.live === "online");
  expect(await fake.page.locator("#t").inputValue()).toBe("too large");
  await fake.heard();
  expect(fake.events().length).toBe(1);
  for (let times = 0; times < 6; times += 1) {
    await fake.socket.close({ code: 4001, reason: "too many events" });
    await fake.page.waitForFunction(() => document.documentElement.dataset.live !== "online");
    await fake.comesBack();
    // Moves no clock: the connection has not lasted.
  }
  await fake.socket.close({ code: 4001, reason: "too many events" });
  await fake.page.waitForFunction(() => document.documentElement.dataset.live !== "online");
  const sockets = fake.sockets;
  await fake.page.clock.runFor(2000);
  expect(fake.sockets).toBe(sockets);
});

test("back from a part of a page to the whole is the same page", async ({ open }) => {
  const fake = await open(`<main><h1>One</h1><a href="#part">Part</a><p style="height:3000px"></p><p id="part">part</p></main>`);
  const scrolled = () => fake.page.evaluate(() => scrollY);
  await fake.page.evaluate(() => scrollTo(0, 5));
  const kept = (y) => fake.page.waitForFunction((y) => heavyLive.entries().get(history.state?.live)?.at[history.state.part]?.[1] >= y, y);
  await kept(5);
  // Not by the mouse, for which Firefox scrolls first.
  await fake.page.getByRole("link").evaluate((link) => link.click());
  await fake.page.waitForFunction(() => scrollY > 1000);
  await kept(1000);
  await fake.page.evaluate(() => history.back());
  await fake.page.waitForFunction(() => scrollY < 1000);
  expect(await scrolled()).toBe(5);
  await fake.page.evaluate(() => history.forward());
  await fake.page.waitForFunction(() => scrollY > 1000);
  await fake.heard();
  expect(fake.sent.filter(([kind]) => kind === "nav").length).toBe(0);
});

test("what is switched off does nothing, neither here nor there", async ({ open }) => {
  const fake = await open(`<form method="get" action="/sent"><button on:click="0" aria-disabled="true">A</button></form>
    <a href="/gone" on:click="1" aria-disabled="true">B</a><fieldset disabled=""><input id="t" on:focus="2"></fieldset>`);
  await fake.page.getByRole("button", { name: "A" }).dispatchEvent("click");
  await fake.page.getByText("B", { exact: true }).dispatchEvent("click");
  await fake.heard();
  expect(fake.events().length).toBe(0);
  expect(fake.loads).toBe(1);
});

test("a clock that is set back holds up neither what is throttled nor the question whether the server is there", async ({ open }) => {
  const fake = await open(`<button on:click="0" data-throttle="1000">B</button>`, { clock: true });
  await fake.page.clock.setSystemTime(40_000_000);
  await fake.page.getByRole("button").click();
  await fake.until(([kind, seq]) => kind === "ev" && seq === 1);
  fake.say({ a: 1 });
  await fake.heard();
  await fake.page.clock.setSystemTime(1_000);
  await fake.page.clock.runFor(2_000);
  await fake.page.getByRole("button").click();
  await fake.until(([kind, seq]) => kind === "ev" && seq === 2);
  await fake.page.clock.runFor(5_000);
  await fake.until(([kind]) => kind === "ping");
});
