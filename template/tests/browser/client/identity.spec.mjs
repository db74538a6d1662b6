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

test("of two siblings with one key, or one id, each keeps its text", async ({ open }) => {
  for (const name of ["data-key", "id"]) {
    const html = (n, more = "") => `<ul>${more}${[1, 2, 3].map((nth) => `<li ${name}="same"><input class="i${nth}"><b>${n}</b></li>`).join("")}</ul>`;
    const fake = await open(html(1));
    const { page } = fake;
    for (const nth of [1, 2, 3]) await page.locator(`.i${nth}`).fill(`typed ${nth}`);
    fake.draw(html(2, `<li ${name}="other">new</li>`));
    await fake.heard();
    expect(await page.evaluate(() => [...document.querySelectorAll("input")].map((input) => input.value)), name).toEqual(["typed 1", "typed 2", "typed 3"]);
    expect(await page.evaluate(() => document.activeElement.className), name).toBe("i3");
  }
});

test("a field of another type, height or number of values is the same field", async ({ open }) => {
  const changes = [
    ['<input name="t" type="password">', '<input name="t" type="text">'],
    ['<input name="t" type="text">', '<input name="t" type="search" class="wide">'],
    ['<input name="t" type="email">', '<input name="t" type="email" multiple="">'],
    ['<textarea name="t" rows="2">\n</textarea>', '<textarea name="t" rows="9" cols="80">\n</textarea>'],
  ];
  for (const [one, other] of changes) {
    for (const [old, next] of [[one, other], [other, one]]) {
      expect(await typedAcross(open, `<p>${old}</p>`, `<p>${next}</p>`), next).toEqual(["typed", true]);
    }
  }
});

test("a list keeps its choice when it becomes one of many choices, or of one again", async ({ open }) => {
  const html = (multiple) => `<select id="s"${multiple ? ' multiple=""' : ""}>${[..."abc"].map((v) => `<option value="${v}">${v}</option>`).join("")}</select>`;
  const fake = await open(html(false));
  const chosen = () => fake.page.evaluate(() => [...document.querySelector("#s").selectedOptions].map((option) => option.value).join(""));
  await fake.page.locator("#s").selectOption("b");
  fake.draw(html(true));
  await fake.heard();
  expect(await chosen()).toBe("b");
  await fake.page.locator("#s").selectOption(["b", "c"]);
  fake.draw(html(false));
  await fake.heard();
  expect(await chosen()).toBe("b");
});
