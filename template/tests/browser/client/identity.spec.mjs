// Which element is which: what somebody types in stays the one that it was, whatever comes and goes around it.

import { expect, test } from "./test.mjs";

/** Types into `#t`, draws `next`, and tells what is typed there and whether it still has the focus. */
async function typedAcross(open, html, next) {
  const fake = await open(html);
  await fake.page.locator("#t, [name=t]").fill("typed");
  fake.draw(next);
  await fake.heard();
  return fake.page.evaluate(() => {
    const input = document.querySelector("#t, [name=t]");
    return [input.value, document.activeElement === input];
  });
}

test("a form stays itself, whatever its fields are called", async ({ open }) => {
  for (const name of ["id", "method", "type", "disabled"]) {
    const html = (n) => `<div><form on:submit="0"><input type="hidden" name="${name}" value="${n}"><input name="t"></form></div>`;
    expect(await typedAcross(open, html(1), html(2)), name).toEqual(["typed", true]);
    const fake = await open(`<form method="post" on:submit="0"><input type="hidden" name="${name}"><button>Send</button></form>`);
    await fake.page.getByRole("button").click();
    await fake.until(([, , , , kind]) => kind === "submit");
  }
});

test("a field keeps its text when an error comes before it and a hint after it changes", async ({ open }) => {
  const old = `<div><label>Name</label><input name="t"><p>A hint</p></div>`;
  const next = `<div><p role="alert">Too short</p><label>Name</label><input name="t"><p>Another hint</p></div>`;
  expect(await typedAcross(open, old, next)).toEqual(["typed", true]);
  expect(await typedAcross(open, next, old)).toEqual(["typed", true]);
});

test("a field keeps its text in a list of thousands of other things", async ({ open }) => {
  const rows = (from) => Array.from({ length: 3000 }, (_, n) => `<p>${from + n}</p>`).join("");
  expect(await typedAcross(open, `<b>1</b>${rows(0)}<input name="t">${rows(9000)}`, `<b>2</b>${rows(7)}<input name="t">${rows(9007)}`)).toEqual(["typed", true]);
});

test("of a group of buttons the same one is chosen when another one goes", async ({ open }) => {
  const radio = (value) => `<input type="radio" name="r" value="${value}"> ${value}`;
  const fake = await open(`<div>${["a", "b", "c"].map(radio).join("")}</div>`);
  await fake.page.locator("[value=b]").check();
  fake.draw(`<div class="fewer">${["b", "c"].map(radio).join("")}!</div>`);
  await fake.heard();
  expect(await fake.page.evaluate(() => [...document.querySelectorAll("input")].map((radio) => radio.value + radio.checked))).toEqual(["btrue", "cfalse"]);
});

test("a page that a browser has translated shows nothing twice", async ({ open }) => {
  const html = (n, more = "") => `<p>Clicked ${n}<b>times</b> today</p>${more}`;
  const fake = await open(html(1));
  const translate = () => fake.page.evaluate(() => {
    const texts = document.createTreeWalker(document.querySelector("#live"), NodeFilter.SHOW_TEXT);
    const all = [];
    while (texts.nextNode()) all.push(texts.currentNode);
    for (const text of all) {
      const font = document.createElement("font");
      font.innerHTML = "<font></font>";
      font.firstChild.textContent = text.data.toUpperCase();
      text.replaceWith(font);
    }
  });
  const seen = () => fake.page.evaluate(() => document.querySelector("#live").textContent);
  await translate();
  fake.draw(html(2));
  await fake.heard();
  expect(await seen()).toBe("Clicked 2TIMES TODAY");
  await translate();
  fake.draw(html(2, "<p>more</p>"));
  await fake.heard();
  expect(await seen()).toBe("CLICKED 2TIMES TODAYmore");
  fake.draw("<p>Clicked</p>");
  await fake.heard();
  expect(await seen()).toBe("Clicked");
});

test("a field that an extension has made another kind of is not there twice", async ({ open }) => {
  const html = (n) => `<div><i>${n}</i><input type="password" name="t"></div>`;
  const fake = await open(html(1));
  await fake.page.evaluate(() => { document.querySelector("input").type = "text"; });
  fake.draw(html(2));
  await fake.heard();
  expect(await fake.page.locator("input").count()).toBe(1);
});
