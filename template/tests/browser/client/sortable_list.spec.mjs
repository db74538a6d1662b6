// `static/elements/sortable-list.js`: items are dragged, or moved by keys, and stand where the server puts them.

import { readFile } from "node:fs/promises";

import { expect, test } from "./test.mjs";

const MODULE = await readFile(new URL("../../../static/elements/sortable-list.js", import.meta.url), "utf8");
const item = (key) => `<li data-key="${key}" class="item"><button data-handle="">${key}</button></li>`;
const html = (keys) => `<sortable-list on:sort="1"><ol>${[...keys].map(item).join("")}</ol></sortable-list>`;

async function openList(open) {
  const fake = await open(html("abcd"), { modules: { "sortable-list": MODULE } });
  await fake.page.waitForFunction(() => customElements.get("sortable-list"));
  return fake;
}

const sorts = (fake) => fake.events("sort").map(([, , , , , payload]) => payload.detail);
const keys = (fake) => fake.page.evaluate(() => [...document.querySelectorAll("li")].map((li) => li.dataset.key).join(""));

test("the arrow keys move an item, and its handle keeps the focus", async ({ open }) => {
  const fake = await openList(open);
  const { page } = fake;
  await page.getByRole("button", { name: "b" }).focus();
  await page.keyboard.press("ArrowDown");
  await fake.until(([, seq]) => seq === 1);
  fake.draw(html("acbd"), { a: 1 });
  await fake.heard();
  await page.keyboard.press("ArrowDown");
  await fake.until(([, seq]) => seq === 2);
  fake.draw(html("acdb"), { a: 2 });
  await fake.heard();
  // There is no place below the last one.
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  await fake.until(([, seq]) => seq === 3);
  expect(sorts(fake)).toEqual([{ key: "b", to: 2 }, { key: "b", to: 3 }, { key: "b", to: 2 }]);
  expect(await page.evaluate(() => document.activeElement.innerText)).toBe("b");
});

for (const [what, accepted] of [["and stands there when the server has done it", true], ["and goes back if the server does not", false]]) {
  test(`an item is dragged to its place, ${what}`, async ({ open }) => {
    const fake = await openList(open);
    const { page } = fake;
    const place = async (key) => page.getByRole("button", { name: key }).boundingBox();
    const [from, to] = [await place("a"), await place("c")];
    await page.mouse.move(from.x + 5, from.y + 5);
    await page.mouse.down();
    await page.mouse.move(from.x + 5, to.y + to.height - 2, { steps: 5 });
    await page.mouse.up();
    await fake.until(([kind]) => kind === "ev");
    expect(sorts(fake)).toEqual([{ key: "a", to: 2 }]);
    expect((await place("a")).y, "it stays where it was dropped").toBeGreaterThan(from.y + 10);
    const next = accepted ? "bcad" : "abcd";
    fake.draw(html(next), { a: 1 });
    await fake.heard();
    expect(await keys(fake)).toBe(next);
    expect(await page.evaluate(() => document.querySelectorAll("[style], .dragged").length)).toBe(0);
  });
}
