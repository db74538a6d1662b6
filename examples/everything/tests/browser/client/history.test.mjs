// Links, back and forward, and what of a page survives or does not when another one takes its place.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { open, start, stop } from "./fake.mjs";

before(start);
after(stop);

const html = (title, { height = 3000, more = "" } = {}) =>
  `<nav><a data-link="" id="next" href="/next">Next</a><a data-link="" id="to-part" href="/next#part">Part</a></nav>
  <main><h1>${title}</h1><p style="height:${height}px"></p><p id="part">Part</p>${more}</main>`;
const navs = (fake) => fake.sent.filter(([kind]) => kind === "nav");
const nav = (fake, seq) => fake.until(([kind, of]) => kind === "nav" && of === seq);
const click = (fake, id) => fake.page.evaluate((id) => document.getElementById(id).click(), id);
const mains = (fake) => fake.page.evaluate(() => [...document.querySelectorAll("main")].map((main) => main.querySelector("h1").textContent).join());
const scrolled = (fake) => fake.page.evaluate(() => Math.round(scrollY));

test("a page that was left for a shorter one is found where it was scrolled to", async () => {
  const fake = await open(html("First"));
  await fake.page.evaluate(() => scrollTo(0, 900));
  await click(fake, "next");
  await nav(fake, 1);
  fake.draw(html("Second", { height: 10 }), { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  assert.equal(await scrolled(fake), 0);
  await fake.page.goBack();
  await nav(fake, 2);
  fake.draw(html("First"), { a: 2, n: 1 });
  await fake.heard();
  assert.equal(await scrolled(fake), 900);
});

test("whoever goes back twice at once lands where the second page was left", async () => {
  const fake = await open(html("First"));
  const leave = async (at, seq, url) => {
    await fake.page.evaluate((at) => scrollTo(0, at), at);
    await click(fake, "next");
    await nav(fake, seq);
    fake.draw(html(url), { a: seq, n: 1, u: [url, "push"] });
    await fake.heard();
  };
  await leave(300, 1, "/second");
  await leave(500, 2, "/third");
  await fake.page.goBack();
  await nav(fake, 3);
  await fake.page.goBack();
  assert.deepEqual(await nav(fake, 4), ["nav", 4, "/", "pop"]);
  fake.draw(html("/second"), { a: 3, n: 1 });
  await fake.heard();
  assert.equal(await scrolled(fake), 500);
  assert.equal(await fake.page.evaluate(() => document.documentElement.getAttribute("aria-busy")), "true");
  fake.draw(html("First"), { a: 4, n: 1 });
  await fake.heard();
  assert.equal(await scrolled(fake), 300);
  assert.equal(await fake.page.evaluate(() => document.documentElement.hasAttribute("aria-busy")), false);
});

test("a link to a part of a page leads to that part, and says so in the address", async () => {
  const fake = await open(html("First"));
  await click(fake, "to-part");
  assert.deepEqual(await nav(fake, 1), ["nav", 1, "/next", "push"]);
  fake.draw(html("Second"), { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  assert.equal(new URL(fake.page.url()).hash, "#part");
  assert.ok((await scrolled(fake)) > 1000);
  // On the page itself it is the browser's business.
  await fake.page.evaluate(() => scrollTo(0, 0));
  await click(fake, "to-part");
  assert.ok((await scrolled(fake)) > 1000);
  assert.equal(navs(fake).length, 1);
});

test("a link that was followed while the connection broke is followed after it", async () => {
  const fake = await open(html("First"));
  await click(fake, "next");
  await nav(fake, 1);
  await fake.socket.close({ code: 1012 });
  assert.deepEqual(await nav(fake, 2), ["nav", 2, "/next", "push"]);
  fake.draw(html("Second"), { a: 2, n: 1, u: ["/next", "push"] });
  await fake.heard();
  assert.equal(new URL(fake.page.url()).pathname, "/next");
  assert.equal(fake.loads, 1);
});

test("a way back that the connection broke off ends with the join", async () => {
  const fake = await open(html("First"));
  await fake.page.evaluate(() => scrollTo(0, 700));
  await click(fake, "next");
  await nav(fake, 1);
  fake.draw(html("Second"), { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  fake.join = { v: 1, h: html("First again") };
  await fake.page.goBack();
  await nav(fake, 2);
  await fake.socket.close({ code: 1012 });
  const join = await fake.until(([kind, of]) => kind === "join" && of.again);
  assert.equal(join[1].url, "/");
  await fake.page.getByText("First again").waitFor();
  assert.equal(await scrolled(fake), 700);
  assert.equal(await mains(fake), "First again");
  assert.equal(await fake.page.evaluate(() => document.documentElement.hasAttribute("aria-busy")), false);
});

test("another page takes over nothing that was typed or opened; the same one with another query does", async () => {
  const form = `<form><input name="q"><details><summary>s</summary>text</details></form>`;
  const around = (title) => `<header><input id="kept"></header>${html(title, { more: form })}`;
  const fake = await open(around("First"));
  const fill = () => fake.page.evaluate(() => {
    document.querySelector("main input").value = "typed";
    document.querySelector("details").open = true;
    document.querySelector("#kept").value = "kept";
  });
  const seen = () => fake.page.evaluate(() => [document.querySelector("main input").value, document.querySelector("details").open, document.querySelector("#kept").value]);
  await fill();
  await click(fake, "next");
  await nav(fake, 1);
  fake.draw(around("Second"), { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  assert.deepEqual(await seen(), ["", false, "kept"]);
  assert.equal(await mains(fake), "Second");
  await fill();
  fake.draw(around("Third"), { n: 1, u: ["/next?page=2", "push"] });
  await fake.heard();
  assert.deepEqual(await seen(), ["typed", true, "kept"]);
  fake.draw(around("Fourth"), { u: ["/somewhere", "replace"] });
  await fake.heard();
  assert.deepEqual(await seen(), ["typed", true, "kept"]);
});

test("after a link the heading has the focus, or what asks for it", async () => {
  const fake = await open(html("First"));
  const focused = () => fake.page.evaluate(() => document.activeElement.id || document.activeElement.nodeName);
  await click(fake, "next");
  await nav(fake, 1);
  fake.draw(html("Second"), { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  assert.equal(await focused(), "H1");
  fake.draw(html("Third", { more: '<input id="t" autofocus="">' }), { n: 1, u: ["/third", "push"] });
  await fake.heard();
  assert.equal(await focused(), "t");
});

test("a link with modifier keys is the browser's; one without a connection is loaded", async () => {
  const fake = await open(html("First"));
  const prevented = (init) => fake.page.evaluate((init) => {
    let by;
    addEventListener("click", (event) => { by = event.defaultPrevented; event.preventDefault(); }, { once: true });
    document.querySelector("#next").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...init }));
    return by;
  }, init);
  for (const key of ["ctrlKey", "metaKey", "shiftKey", "altKey"]) assert.equal(await prevented({ [key]: true }), false, key);
  assert.equal(await prevented({ button: 1 }), false);
  assert.equal(navs(fake).length, 0);
  fake.join = null;
  await fake.socket.close({ code: 1011 });
  await fake.page.waitForFunction(() => document.documentElement.dataset.live !== "online");
  await click(fake, "next");
  await fake.page.waitForURL("**/next");
  assert.equal(fake.loads, 2);
});

test("where the server leads, that goes into the history, and out of the page if need be", async () => {
  const fake = await open(html("First"));
  fake.say({ u: ["/?page=2", "push"] });
  fake.say({ u: ["/?page=3", "replace"] });
  await fake.heard();
  assert.equal(await fake.page.evaluate(() => location.search + history.length), "?page=33");
  await fake.page.goBack();
  assert.deepEqual(await nav(fake, 1), ["nav", 1, "/", "pop"]);
  fake.say({ go: "/elsewhere" });
  await fake.page.waitForURL("**/elsewhere");
  assert.equal(fake.loads, 2);
});
