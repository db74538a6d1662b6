// Whatever the fields of a form and the images of a page are called: an element hides the property of its name, of the
// form that it is in and of the document.

import { expect, test } from "./test.mjs";

/** Every name that can be asked for of what `type` names. */
async function namesOf(page, type) {
  return page.evaluate((type) => {
    const names = new Set();
    for (let at = window[type].prototype; at; at = Object.getPrototypeOf(at)) for (const name of Object.getOwnPropertyNames(at)) names.add(name);
    return [...names];
  }, type);
}

/** What a person does with a form of which `fields` are a part, on a page on which they may be too. */
async function useForm(fake, html) {
  const { page } = fake;
  await page.evaluate(() => {
    const find = (selector) => Document.prototype.querySelector.call(document, selector);
    const input = find("#typed-here");
    input.focus();
    input.value = "typed";
    input.setSelectionRange(2, 3);
  });
  fake.draw(html(2));
  await fake.heard();
  expect(await page.evaluate(() => {
    const find = (selector) => Document.prototype.querySelector.call(document, selector);
    return [find("#typed-here").value, find("#typed-here").selectionStart, find("#count").textContent, find("#typed-here").matches(":focus")];
  })).toEqual(["typed", 2, "2", true]);
  await page.evaluate(() => Document.prototype.querySelector.call(document, "#press").click());
  const click = await fake.until(([kind, , , , type]) => kind === "ev" && type === "click");
  expect(click[5].data).toEqual({ own: "1" });
  fake.say({ a: click[1] });
  await page.evaluate(() => Document.prototype.querySelector.call(document, "#send").click());
  const submit = await fake.until(([kind, , , , type]) => kind === "ev" && type === "submit");
  expect(submit[5].fields.filter(([name]) => name === "typed")).toEqual([["typed", "typed"]]);
  fake.say({ a: submit[1] });
  // Another order, and a form that comes and goes.
  fake.draw(`<p>before</p>${html(3)}`);
  await fake.heard();
  fake.draw("<p>after</p>");
  fake.draw(html(4));
  await fake.heard();
  expect(await page.evaluate(() => Document.prototype.querySelector.call(document, "#count").textContent)).toBe("4");
  expect(fake.loads).toBe(1);
}

const form = (fields, n) => `<form class="c${n}" data-own="1" on:click="7" on:submit="8" on:input="9">${fields}<p id="count">${n}</p>
  <input id="typed-here" name="typed"><b id="press">press</b><button id="send">Send</button></form>`;

test("a form works with fields that are called as any property of forms", async ({ open, browser }) => {
  const blank = await browser.newPage();
  const names = await namesOf(blank, "HTMLFormElement");
  await blank.close();
  expect(names.length).toBeGreaterThan(250);
  for (const how of ["name", "id"]) {
    const fields = (n) => names.map((name) => `<input ${how}="${name}" value="${n}" type="hidden">`).join("");
    const html = (n) => form(fields(n), n);
    await useForm(await open(html(1)), html);
  }
});

test("a page works with images that are called as any property of documents", async ({ open, browser }) => {
  const blank = await browser.newPage();
  const names = await namesOf(blank, "HTMLDocument");
  await blank.close();
  expect(names.length).toBeGreaterThan(200);
  // The WebSocket of these tests asks for `baseURI` itself.
  const images = names.filter((name) => name !== "baseURI").map((name) => `<img id="${name}" name="${name}" alt="">`).join("");
  const html = (n) => `<div>${images}</div>${form("", n)}`;
  // The page is ready when it says so to the server: nothing else can be asked of such a document.
  const fake = await open(html(1), { join: null });
  const join = await fake.until(([kind]) => kind === "join");
  expect(join[1].hash).not.toBe("");
  fake.say({ v: 1 });
  await fake.heard();
  await useForm(fake, html);
});

test("calls of the browser mean the form, not its fields", async ({ open }) => {
  const fake = await open('<form id="form"><input name="reset" value="first"><input name="action" value="x"></form>');
  await fake.page.locator("[name=reset]").fill("typed");
  fake.say({ c: [[1, [["$", "form"], ["reset"]]], [2, [["$", "form"], "action", "nodeName"]]] });
  expect((await fake.until(([kind, id]) => kind === "ret" && id === 1))[2]).toBe(true);
  expect(await fake.page.locator("[name=reset]").inputValue()).toBe("first");
});
