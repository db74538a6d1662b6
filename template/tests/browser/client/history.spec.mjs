// Links, back and forward, and what of a page survives or does not when another one takes its place.

import { expect, test } from "./test.mjs";

const html = (title, { height = 3000, more = "" } = {}) =>
  `<nav><a data-link="" id="next" href="/next">Next</a><a data-link="" id="to-part" href="/next#part">Part</a></nav>
  <main><h1>${title}</h1><p style="height:${height}px"></p><p id="part">Part</p>${more}</main>`;
const navs = (fake) => fake.sent.filter(([kind]) => kind === "nav");
const nav = (fake, seq) => fake.until(([kind, of]) => kind === "nav" && of === seq);
const click = (fake, id) => fake.page.evaluate((id) => document.getElementById(id).click(), id);
const mains = (fake) => fake.page.evaluate(() => [...document.querySelectorAll("main")].map((main) => main.querySelector("h1").textContent).join());
const scrolled = (fake) => fake.page.evaluate(() => Math.round(scrollY));

test("a page that was left for a shorter one is found where it was scrolled to", async ({ open }) => {
  const fake = await open(html("First"));
  await fake.page.evaluate(() => scrollTo(0, 900));
  await click(fake, "next");
  await nav(fake, 1);
  fake.draw(html("Second", { height: 10 }), { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  expect(await scrolled(fake)).toBe(0);
  await fake.page.goBack();
  await nav(fake, 2);
  fake.draw(html("First"), { a: 2, n: 1 });
  await fake.heard();
  expect(await scrolled(fake)).toBe(900);
});

test("whoever goes back twice at once lands where the second page was left", async ({ open }) => {
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
  expect(await nav(fake, 4)).toEqual(["nav", 4, "/", "pop"]);
  fake.draw(html("/second"), { a: 3, n: 1 });
  await fake.heard();
  expect(await scrolled(fake)).toBe(500);
  expect(await fake.page.evaluate(() => document.documentElement.getAttribute("aria-busy"))).toBe("true");
  fake.draw(html("First"), { a: 4, n: 1 });
  await fake.heard();
  expect(await scrolled(fake)).toBe(300);
  expect(await fake.page.evaluate(() => document.documentElement.hasAttribute("aria-busy"))).toBe(false);
});

test("a link to a part of a page leads to that part, and says so in the address", async ({ open }) => {
  const fake = await open(html("First"));
  await click(fake, "to-part");
  expect(await nav(fake, 1)).toEqual(["nav", 1, "/next", "push"]);
  fake.draw(html("Second"), { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  expect(new URL(fake.page.url()).hash).toBe("#part");
  expect(await scrolled(fake)).toBeGreaterThan(1000);
  // On the page itself it is the browser's business.
  await fake.page.evaluate(() => scrollTo(0, 0));
  await click(fake, "to-part");
  expect(await scrolled(fake)).toBeGreaterThan(1000);
  expect(navs(fake).length).toBe(1);
});

test("a link that was followed while the connection broke is followed after it", async ({ open }) => {
  const fake = await open(html("First"));
  await click(fake, "next");
  await nav(fake, 1);
  await fake.socket.close({ code: 1012 });
  expect(await nav(fake, 2)).toEqual(["nav", 2, "/next", "push"]);
  fake.draw(html("Second"), { a: 2, n: 1, u: ["/next", "push"] });
  await fake.heard();
  expect(new URL(fake.page.url()).pathname).toBe("/next");
  expect(fake.loads).toBe(1);
});

test("a way back that the connection broke off ends with the join", async ({ open }) => {
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
  expect(join[1].url).toBe("/");
  await fake.page.getByText("First again").waitFor();
  expect(await scrolled(fake)).toBe(700);
  expect(await mains(fake)).toBe("First again");
  expect(await fake.page.evaluate(() => document.documentElement.hasAttribute("aria-busy"))).toBe(false);
});

test("another page takes over nothing that was typed or opened; the same one with another query does", async ({ open }) => {
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
  expect(await seen()).toEqual(["", false, "kept"]);
  expect(await mains(fake)).toBe("Second");
  await fill();
  fake.draw(around("Third"), { n: 1, u: ["/next?page=2", "push"] });
  await fake.heard();
  expect(await seen()).toEqual(["typed", true, "kept"]);
  fake.draw(around("Fourth"), { u: ["/somewhere", "replace"] });
  await fake.heard();
  expect(await seen()).toEqual(["typed", true, "kept"]);
});

test("after a link the heading has the focus, or what asks for it", async ({ open }) => {
  const fake = await open(html("First"));
  const focused = () => fake.page.evaluate(() => document.activeElement.id || document.activeElement.nodeName);
  await click(fake, "next");
  await nav(fake, 1);
  fake.draw(html("Second"), { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  expect(await focused()).toBe("H1");
  fake.draw(html("Third", { more: '<input id="t" autofocus="">' }), { n: 1, u: ["/third", "push"] });
  await fake.heard();
  expect(await focused()).toBe("t");
});

test("a link with modifier keys is the browser's; one without a connection is loaded", async ({ open }) => {
  const fake = await open(html("First"));
  const prevented = (init) => fake.page.evaluate((init) => {
    let by;
    addEventListener("click", (event) => { by = event.defaultPrevented; event.preventDefault(); }, { once: true });
    document.querySelector("#next").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...init }));
    return by;
  }, init);
  for (const key of ["ctrlKey", "metaKey", "shiftKey", "altKey"]) expect(await prevented({ [key]: true }), key).toBe(false);
  expect(await prevented({ button: 1 })).toBe(false);
  expect(navs(fake).length).toBe(0);
  fake.join = null;
  await fake.socket.close({ code: 1011 });
  await fake.page.waitForFunction(() => document.documentElement.dataset.live !== "online");
  await click(fake, "next");
  await fake.page.waitForURL("**/next");
  expect(fake.loads).toBe(2);
});

test("where the server leads, that goes into the history, and out of the page if need be", async ({ open }) => {
  const fake = await open(html("First"));
  fake.say({ u: ["/?page=2", "push"] });
  fake.say({ u: ["/?page=3", "replace"] });
  await fake.heard();
  expect(await fake.page.evaluate(() => location.search + history.length)).toBe("?page=33");
  await fake.page.goBack();
  expect(await nav(fake, 1)).toEqual(["nav", 1, "/", "pop"]);
  fake.say({ go: "/elsewhere" });
  await fake.page.waitForURL("**/elsewhere");
  expect(fake.loads).toBe(2);
});
