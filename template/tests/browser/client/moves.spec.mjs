// Elements that change their parents, or their places by somebody else's hand, stay what they were.

import { expect, test } from "./test.mjs";

const card = (key) => `<li data-key="${key}"><input id="i${key}"><b>${key}</b></li>`;
const column = (name, keys) => `<section data-key="${name}"><h2>${name}</h2><ul>${[...keys].map(card).join("")}</ul></section>`;
const board = (...columns) => `<div>${columns.map(([name, keys]) => column(name, keys)).join("")}</div>`;

/** Types into the card `b`, and remembers each card's node. */
async function typeInB(page) {
  await page.locator("#ib").pressSequentially("typed");
  await page.evaluate(() => {
    document.querySelector("#ib").setSelectionRange(2, 3);
    window.nodes = Object.fromEntries([...document.querySelectorAll("li")].map((li) => [li.dataset.key, li]));
  });
}

const seen = (page) => page.evaluate(() => {
  const b = document.querySelector("#ib");
  const same = [...document.querySelectorAll("li")].every((li) => li === window.nodes[li.dataset.key]);
  return [b.value, document.activeElement === b, b.selectionStart, b.selectionEnd, same];
});
const order = (page) => page.evaluate(() => [...document.querySelectorAll("section")].map((column) => column.dataset.key + ":" + [...column.querySelectorAll("li")].map((li) => li.dataset.key).join("")).join(" "));

test("an item with a key that goes to another list keeps focus, caret and what is typed in it", async ({ open }) => {
  for (const native of [true, false]) {
    const fake = await open(board(["x", "abc"], ["y", "d"], ["z", ""]));
    const { page } = fake;
    if (!native) await page.evaluate(() => { Element.prototype.moveBefore = undefined; });
    await typeInB(page);
    const steps = [
      [["x", "ac"], ["y", "bd"], ["z", ""]], // to the list after
      [["x", "acb"], ["y", "d"], ["z", ""]], // back to the one before
      [["z", "b"], ["x", "a"], ["y", "dc"]], // while the lists themselves change their places
      [["x", "a"], ["w", "cb"], ["y", "d"]], // to a list that comes, from one that goes
      [["w", "ab"], ["y", "dc"]],
    ];
    for (const step of steps) {
      fake.draw(board(...step));
      await fake.heard();
      expect(await order(page)).toBe(step.map(([name, keys]) => `${name}:${keys}`).join(" "));
      expect(await seen(page), JSON.stringify(step)).toEqual(["typed", true, 2, 3, true]);
    }
  }
});

test("an element with an id that is put into another one, or taken out of it, is the same one", async ({ open }) => {
  const field = '<input id="t">';
  const fake = await open(`<p>0</p>${field}`);
  const { page } = fake;
  await page.locator("#t").pressSequentially("typed");
  for (const html of [`<p>1</p><div class="wide">${field}</div>`, `<p>2</p><main><form>${field}</form></main>`, `${field}<p>3</p>`]) {
    fake.draw(html);
    await fake.heard();
    expect(await page.evaluate(() => [document.querySelector("#t").value, document.activeElement.id, document.querySelectorAll("#t").length])).toEqual(["typed", "t", 1]);
  }
});

test("keys that two lists have in common are each list's own", async ({ open }) => {
  const list = (name, keys) => `<ul id="${name}">${[...keys].map((key) => `<li data-key="${key}"><input class="${name}${key}"></li>`).join("")}</ul>`;
  const fake = await open(list("x", "12") + list("y", "12"));
  const { page } = fake;
  await page.locator(".x1").fill("x1");
  await page.locator(".y1").fill("y1");
  fake.draw(list("x", "2") + list("y", "12"));
  await fake.heard();
  fake.draw(list("x", "21") + list("y", "12"));
  await fake.heard();
  expect(await page.evaluate(() => [...document.querySelectorAll("input")].map((input) => input.className + input.value))).toEqual(["x2", "x1", "y1y1", "y2"]);
});

test("items that a library has put into another order are found by their keys, and stand as the server says", async ({ open }) => {
  const list = (keys, n) => `<ul class="n${n}">${[...keys].map(card).join("")}</ul>`;
  const fake = await open(list("abcd", 0));
  const { page } = fake;
  await typeInB(page);
  const keys = () => page.evaluate(() => [...document.querySelectorAll("li")].map((li) => li.dataset.key).join(""));
  let n = 0;
  for (const [dragged, next] of [["dcba", "abcd"], ["bdac", "bdac"], ["cabd", "dxba"]]) {
    await page.evaluate((dragged) => {
      const list = document.querySelector("ul");
      for (const key of dragged) list.append(list.querySelector(`[data-key=${key}]`));
      document.querySelector("#ib").focus();
      document.querySelector("#ib").setSelectionRange(2, 3);
    }, dragged);
    fake.draw(list(next, n += 1));
    await fake.heard();
    expect(await keys()).toBe(next);
    expect((await seen(page)).slice(0, 4), dragged).toEqual(["typed", true, 2, 3]);
  }
});

test("an item of a stream that goes to another stream is the same item, whichever of the two is told first", async ({ open }) => {
  const item = (text) => `<li data-key="1"><input id="t"><b>${text}</b></li>`;
  const list = (name) => `<ul data-stream="${name}" id="${name}"></ul>`;
  const fake = await open(list("x") + list("y"));
  const { page } = fake;
  fake.say({ i: [["x", "append", "1", item("1")], ["x", "append", "2", '<li data-key="2">2</li>']] });
  await page.locator("#t").pressSequentially("typed");
  const steps = [["remove", "x", "append", "y"], ["append", "x", "remove", "y"], ["remove", "x", "prepend", "x"]];
  for (const [one, of, other, to] of steps) {
    const op = (op, id) => (op === "remove" ? [id, op, "1", ""] : [id, op, "1", item(id)]);
    fake.say({ i: [op(one, of), op(other, to)] });
    await fake.heard();
    const home = one === "append" ? of : to;
    expect(await page.evaluate(() => {
      const input = document.querySelector("#t");
      return [input.value, document.activeElement === input, input.closest("ul").id, document.querySelectorAll("#t").length];
    }), `${one} ${of}, ${other} ${to}`).toEqual(["typed", true, home, 1]);
  }
  fake.say({ i: [["x", "remove", "1", ""]] });
  await fake.heard();
  expect(await page.evaluate(() => document.querySelectorAll("li").length)).toBe(1);
});
