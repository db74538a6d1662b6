// Markup that a parser makes something else of when it comes by a patch: drawings, formulas, scripts, templates, media.

import { expect, test } from "./test.mjs";

const NAMESPACES = { svg: "http://www.w3.org/2000/svg", math: "http://www.w3.org/1998/Math/MathML", html: "http://www.w3.org/1999/xhtml" };

test("items of a stream in a drawing or in a formula are parts of it", async ({ open }) => {
  const html = `<svg><g data-stream="svg"></g><foreignObject><div data-stream="html"></div></foreignObject></svg><math><mrow data-stream="math"></mrow></math>`;
  const fake = await open(html);
  fake.say({ i: [
    ["svg", "append", "1", '<circle data-key="1" r="1"></circle>'],
    ["math", "append", "1", '<mn data-key="1">1</mn>'],
    ["html", "append", "1", '<p data-key="1">1</p>'],
    ["svg", "replace", "1", '<circle data-key="1" r="2"></circle>'],
    ["svg", "prepend", "0", '<linearGradient data-key="0"></linearGradient>'],
  ] });
  await fake.heard();
  const seen = await fake.page.evaluate(() => [...document.querySelectorAll("[data-stream] > *")].map((item) => [item.localName, item.namespaceURI, item.getAttribute("r")]));
  expect(seen).toEqual([["linearGradient", NAMESPACES.svg, null], ["circle", NAMESPACES.svg, "2"], ["p", NAMESPACES.html, null], ["mn", NAMESPACES.math, null]]);
});

test("a script of a page that is reached by a link runs once, in the order of the page", async ({ open }) => {
  const fake = await open("<main>first</main>");
  const { page } = fake;
  await page.evaluate(() => { window.ran = []; });
  const html = (n) => `<main><p>${n}</p><script>window.ran.push("a")</script><div><script type="text/plain">window.ran.push("x")</script><script>window.ran.push("b")</script></div></main>`;
  fake.draw(html(1), { n: 1, u: ["/next", "push"] });
  await fake.heard();
  fake.draw(html(2));
  await fake.heard();
  expect(await page.evaluate(() => window.ran)).toEqual(["a", "b"]);
  fake.draw(`<main><p>3</p><script>window.ran.push("c")</script></main>`);
  await fake.heard();
  expect(await page.evaluate(() => window.ran)).toEqual(["a", "b", "c"]);
});

test("what a template holds changes with the page", async ({ open }) => {
  const html = (n, more = "") => `<p>p</p><div><template id="t"><b>${n}</b><template><i>${n}</i></template>${more}</template></div>`;
  const fake = await open(html(1));
  for (const next of [html(2), html(3, "<u>more</u>"), html(3)]) {
    fake.draw(next);
    await fake.heard();
    expect(await fake.page.evaluate(() => document.querySelector("#live").innerHTML)).toBe(next);
  }
});

test("a video is muted when the server says so, from its first frame, and people may change it", async ({ open }) => {
  const html = (muted, n) => `<video${muted ? ' muted=""' : ""} class="c${n}"></video>`;
  const fake = await open("<p></p>");
  const muted = () => fake.page.evaluate(() => document.querySelector("video").muted);
  fake.draw(html(true, 1));
  await fake.heard();
  expect(await muted()).toBe(true);
  await fake.page.evaluate(() => { document.querySelector("video").muted = false; });
  fake.draw(html(true, 2));
  await fake.heard();
  expect(await muted()).toBe(false);
  fake.draw(html(false, 3));
  fake.draw(html(true, 4));
  await fake.heard();
  expect(await muted()).toBe(true);
  fake.draw(html(false, 5));
  await fake.heard();
  expect(await muted()).toBe(false);
});

test("a field outside of its form is one of its fields: the form hears of it", async ({ open }) => {
  const fake = await open(`<form id="f" on:input="1" on:change="2" on:submit="3"><input name="a" value="1"></form><p><input id="t" form="f" name="b"></p><button form="f">Send</button>`);
  const { page } = fake;
  await page.locator("#t").pressSequentially("x");
  const input = await fake.until(([kind, , , , type]) => kind === "ev" && type === "input");
  expect(input[3]).toBe("1");
  expect(input[5].fields).toEqual([["a", "1"], ["b", "x"]]);
  await page.locator("#t").blur();
  await fake.until(([kind, , , , type]) => kind === "ev" && type === "change");
  fake.say({ a: 2 });
  await page.getByRole("button").click();
  const submit = await fake.until(([kind, , , , type]) => kind === "ev" && type === "submit");
  expect(submit[5].fields).toEqual([["a", "1"], ["b", "x"]]);
});

test("what a page says from the beginning is put there once more, to be announced, and changes with the page", async ({ open }) => {
  const html = (n) => `<div role="status" data-announce=""><p>It is saved.</p></div><p>${n}</p>`;
  const fake = await open(html(1), { clock: true });
  await fake.page.evaluate(() => {
    window.added = [];
    const note = (records) => records.forEach(({ addedNodes }) => addedNodes.forEach((node) => window.added.push(node.textContent)));
    new MutationObserver(note).observe(document.querySelector("[role=status]"), { childList: true });
  });
  await fake.page.clock.runFor(20_000);
  fake.draw(html(2));
  await fake.heard();
  expect(await fake.page.evaluate(() => [window.added, document.querySelector("#live").innerHTML])).toEqual([["It is saved."], html(2)]);
});
