// Forms: submitted once, whatever a person, the line or the server does meanwhile.

import { expect, test } from "./test.mjs";

const FORM = `<form on:submit="0"><input id="t" name="t"><button>Save</button></form>`;
const submits = (fake) => fake.events("submit");
const button = (fake) => fake.page.getByRole("button", { name: "Save" });
const notice = (fake) => fake.page.locator(".live-notice");

test("a double click, Enter and another click while a form is under way send it once", async ({ open }) => {
  const fake = await open(FORM);
  await fake.page.locator("#t").fill("Milk");
  await button(fake).dblclick();
  await fake.page.locator("#t").press("Enter");
  await button(fake).click({ force: true });
  await fake.heard();
  expect(submits(fake).length).toBe(1);
  await expect(button(fake)).toHaveAttribute("aria-busy", "true");
  await expect(button(fake)).toHaveAttribute("aria-disabled", "true");
  await expect(fake.page.locator("form")).toHaveAttribute("aria-busy", "true");
  fake.say({ a: 1, w: [1] });
  await fake.heard();
  await button(fake).click({ force: true });
  fake.say({ d: [1] });
  await fake.heard();
  expect(submits(fake).length).toBe(1);
  await expect(fake.page.locator("[aria-busy], [aria-disabled]")).toHaveCount(0);
  await button(fake).click();
  await fake.until(([kind, seq]) => kind === "ev" && seq === 2);
});

test("a form that is changed and submitted again while it is under way is sent again when that is answered", async ({ open }) => {
  const fake = await open(FORM);
  await fake.page.locator("#t").fill("one");
  await fake.page.locator("#t").press("Enter");
  await fake.page.locator("#t").fill("two");
  await fake.page.locator("#t").press("Enter");
  await fake.heard();
  expect(submits(fake).length).toBe(1);
  fake.say({ a: 1 });
  const second = await fake.until(([kind, seq]) => kind === "ev" && seq === 2);
  expect(second[5].fields).toEqual([["t", "two"]]);
});

test("a form that is sent as such is sent once", async ({ open }) => {
  const fake = await open(`<form method="post" action="/sent"><button name="b" value="1">Save</button></form>`);
  const prevented = await fake.page.evaluate(() => {
    const form = document.querySelector("form");
    const prevented = [];
    addEventListener("submit", (event) => prevented.push(event.defaultPrevented));
    for (let n = 0; n < 2; n += 1) form.requestSubmit(form.querySelector("button"));
    return prevented;
  });
  expect(prevented).toEqual([false, true]);
});

for (const [what, { close, join }, outcome] of [
  ["knows that it has not done it", { close: 1011, join: { v: 1, a: 0 } }, "again"],
  ["said that it leaves, so that it has not done it", { close: 1012, join: { v: 1 } }, "again"],
  ["knows that it has done it", { close: 1011, join: { v: 1, a: 1 } }, "done"],
  ["knows that it was cut off in the middle", { close: 1011, join: { v: 1, a: 1, x: [1] } }, "unsure"],
  ["knows nothing of it", { close: 1011, join: { v: 1 } }, "unsure"],
]) {
  test(`a form on its way when the line breaks: the server ${what}`, async ({ open }) => {
    const fake = await open(FORM);
    await fake.page.locator("#t").fill("Milk");
    await button(fake).click();
    await fake.until(([kind]) => kind === "ev");
    fake.join = join;
    await fake.socket.close({ code: close });
    await fake.until(([kind, of]) => kind === "join" && of.again);
    await fake.heard();
    expect(submits(fake).length).toBe(outcome === "again" ? 2 : 1);
    expect(await fake.page.locator("#t").inputValue()).toBe("Milk");
    if (outcome === "again") {
      expect(submits(fake)[1][5].fields).toEqual([["t", "Milk"]]);
      await expect(button(fake)).toHaveAttribute("aria-busy", "true");
      fake.say({ a: 2 });
    }
    await expect(fake.page.locator("[aria-busy], [aria-disabled]")).toHaveCount(0);
    await expect(notice(fake)).toHaveCount(outcome === "unsure" ? 1 : 0);
    if (outcome !== "unsure") return;
    await expect(fake.page.getByRole("alert")).toContainText("It may have been stored");
    await fake.page.locator("#t").pressSequentially("!");
    await expect(notice(fake)).toHaveCount(0);
  });
}

test("a form that works without a connection is not sent as such while it may be under way", async ({ open }) => {
  const fake = await open(FORM.replace("<form", '<form method="post" action="/sent"'));
  await button(fake).click();
  await fake.until(([kind]) => kind === "ev");
  fake.join = null;
  await fake.socket.close({ code: 1011 });
  await button(fake).click({ force: true });
  await fake.page.waitForFunction(() => document.documentElement.dataset.live === "offline");
  expect(new URL(fake.page.url()).pathname).toBe("/");
});

test("what was typed since the form was sent stays when it is reset, and the rest goes", async ({ open }) => {
  const fake = await open(`<form on:submit="0" data-reset=""><textarea id="t" name="t">\n</textarea><input id="n" name="n" value="first"><button>Save</button></form>`);
  await fake.page.locator("#t").fill("one\ntwo");
  await fake.page.locator("#n").fill("second");
  await button(fake).click();
  await fake.until(([kind]) => kind === "ev");
  await fake.page.locator("#t").press("Control+End");
  await fake.page.locator("#t").pressSequentially("and more");
  fake.say({ a: 1 });
  await expect(fake.page.locator("#t")).toHaveValue("and more");
  await expect(fake.page.locator("#n")).toHaveValue("first");
  await expect(fake.page.locator("#t")).toBeFocused();
});

test("of several fields with one name each is reset, and keeps what was typed in it since", async ({ open }) => {
  const fake = await open(`<form on:submit="0" data-reset=""><input name="tag[]"><input name="tag[]"><input name="tag[]"><button>Save</button></form>`);
  const field = (n) => fake.page.locator("input").nth(n);
  for (const [n, text] of ["one", "two", "three"].entries()) await field(n).fill(text);
  await button(fake).click();
  await fake.until(([kind]) => kind === "ev");
  await field(1).fill("two more");
  fake.say({ a: 1 });
  await expect(field(0)).toHaveValue("");
  expect([await field(1).inputValue(), await field(2).inputValue()]).toEqual([" more", ""]);
});

test("a form with an error is not reset, neither is one whose handler has failed", async ({ open }) => {
  const html = (invalid) => `<form on:submit="0" data-reset=""><input id="t" name="t"${invalid ? ' aria-invalid="true"' : ""}><button>Save</button></form>`;
  const fake = await open(html(false));
  await fake.page.locator("#t").fill("Milk");
  await button(fake).click();
  await fake.until(([kind]) => kind === "ev");
  fake.draw(html(true), { a: 1 });
  await expect(fake.page.locator("[aria-busy]")).toHaveCount(0);
  await expect(fake.page.locator("#t")).toHaveValue("Milk");
  fake.draw(html(false));
  await button(fake).click();
  await fake.until(([kind, seq]) => kind === "ev" && seq === 2);
  fake.say({ a: 2, w: [2] });
  fake.say({ d: [2], f: [2] });
  await expect(fake.page.locator("[aria-busy]")).toHaveCount(0);
  await expect(fake.page.locator("#t")).toHaveValue("Milk");
});

test("what is typed while the answer to Enter is under way stays, though the form is a new one", async ({ open }) => {
  const html = (n) => `<form data-key="${n}" on:submit="0"><input name="text" autofocus=""></form>`;
  const fake = await open(html(1));
  const input = fake.page.locator("input");
  await input.fill("first");
  await input.press("Enter");
  await fake.until(([kind]) => kind === "ev");
  await input.pressSequentially("second");
  fake.draw(html(2), { a: 1 });
  await fake.page.locator("[data-key='2']").waitFor();
  await expect(input).toHaveValue("second");
  await expect(input).toBeFocused();
  await input.pressSequentially("!");
  await input.press("Enter");
  await fake.until(([kind, seq, , , , payload]) => kind === "ev" && seq === 2 && payload.fields[0][1] === "second!");
});
