// A change of a page is parsed and compared in the elements that it lies in, and nowhere else.

import { expect, test } from "./test.mjs";

const rows = (count, digit) => {
  const row = (n) => `<tr><td>${n}</td><td>${n === count >> 1 ? digit : "0"}</td></tr>`;
  return Array.from({ length: count }, (_, n) => row(n)).join("");
};
const table = (count, digit) => `<header><b>${digit}</b></header><main><table><tbody>${rows(count, digit)}</tbody></table></main>`;

/** The message of a server that says `old` → `next` by one splice within the element `target`, which is at `path`. */
function change(old, next, target, path) {
  const start = old.indexOf(target);
  let keep = start;
  while (old[keep] === next[keep]) keep += 1;
  let end = 0;
  while (end < old.length - keep && end < next.length - keep && old.at(-1 - end) === next.at(-1 - end)) end += 1;
  return { p: [keep, old.length - end - keep, next.slice(keep, next.length - end)], e: [[start, target.length, ...path]] };
}

/** How many characters the script has parsed since. The clock is to stand still: warnings parse what is there later. */
async function parsing(page) {
  await page.evaluate(() => {
    const { get, set } = Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML");
    window.parsed = 0;
    Object.defineProperty(Element.prototype, "innerHTML", {
      configurable: true,
      get,
      set(html) {
        window.parsed += html.length;
        set.call(this, html);
      },
    });
  });
  return () => page.evaluate(() => window.parsed);
}

for (const count of [10, 12_000]) {
  test(`one digit of ${count} rows is as much work as one of any other number`, async ({ open }) => {
    const fake = await open(table(count, 1), { clock: true });
    const parsed = await parsing(fake.page);
    for (let digit = 1; digit < 5; digit += 1) {
      const page = (cell) => table(count, 1).replace(/<td>1<\/td><\/tr>/g, (found, at, all) => all[at - 10] ? `<td>${cell}</td></tr>` : found);
      const cell = `<tr><td>${count >> 1}</td><td>${digit}</td></tr>`;
      fake.say({ v: digit + 1, ...change(page(digit), page(digit + 1), cell, [1, 0, 0, count >> 1]) });
    }
    await fake.heard();
    await expect(fake.page.locator("tr").nth(count >> 1)).toHaveText(`${count >> 1}5`);
    expect(await parsed()).toBeLessThan(4 * 2 * 50);
  });
}

test("changes in two elements are made in both, and the text goes on from there", async ({ open }) => {
  const fake = await open('<p class="a">1</p><ul><li>x</li><li>1</li></ul>');
  // <p class="b">1</p> and <li>23</li>
  fake.say({ v: 2, p: [10, 1, "b", 25, 1, "23"], e: [[0, 18, 0], [32, 10, 1, 1]] });
  fake.say({ v: 3, p: [37, 0, "4"], e: [[32, 11, 1, 1]] });
  await fake.heard();
  expect(await fake.page.locator("#live").innerHTML()).toBe('<p class="b">1</p><ul><li>x</li><li>243</li></ul>');
  fake.socket.close();
  await expect.poll(() => fake.sent.filter(([kind]) => kind === "join").length).toBe(2);
  const hash = await fake.page.evaluate((text) => window.heavyLive.hash(text), '<p class="b">1</p><ul><li>x</li><li>243</li></ul>');
  expect(fake.sent.findLast(([kind]) => kind === "join")[1].hash).toBe(hash);
});

for (const [what, meddle] of [
  ["puts an element before it", () => document.querySelector("li").before(document.createElement("li"))],
  ["puts an element into the root of the page", () => document.querySelector("ul").before(document.createElement("ul"))],
  ["removes a part of the page", () => document.querySelector("li").remove()],
  ["moves a part of the page", () => document.querySelector("ul").append(document.querySelector("li"))],
]) {
  test(`an extension that ${what} leads no change to another element`, async ({ open }) => {
    const list = (third) => `<ul><li id="a">1</li><li id="b">1</li><li id="c">${third}</li><li id="d">1</li></ul>`;
    const fake = await open(list(1));
    await fake.page.evaluate(meddle);
    fake.say({ v: 2, ...change(list(1), list(2), '<li id="c">1</li>', [0, 2]) });
    await fake.heard();
    await expect(fake.page.locator("#c")).toHaveText("2");
    for (const other of ["#b", "#d"]) await expect(fake.page.locator(other)).toHaveText("1");
  });
}

test("a page that a parser corrects is changed as a whole", async ({ open }) => {
  const wrong = (text) => `<p><div>a</div></p><section><b>${text}</b></section>`;
  const fake = await open(wrong("x"), { fits: false, join: { v: 1, h: wrong("x") } });
  // In the document the section is the fourth child.
  fake.say({ v: 2, ...change(wrong("x"), wrong("y"), "<b>x</b>", [1, 0]) });
  await fake.heard();
  expect(await fake.page.locator("section").innerHTML()).toBe("<b>y</b>");
  expect(await fake.page.locator("div div").innerHTML()).toBe("a");
});

test("an element that becomes another one is made anew", async ({ open }) => {
  const fake = await open('<p><b id="a">x</b></p>');
  fake.say({ v: 2, ...change('<p><b id="a">x</b></p>', '<p><b id="b">x</b></p>', '<b id="a">x</b>', [0, 0]) });
  await fake.heard();
  expect(await fake.page.locator("#live p").innerHTML()).toBe('<b id="b">x</b>');
});

test("what is typed and opened next to a change stays", async ({ open }) => {
  const html = (text) => `<form><label><b>${text}</b><input></label><details><summary>s</summary>d</details></form>`;
  const fake = await open(html("x"));
  await fake.page.locator("input").fill("typed");
  await fake.page.locator("summary").click();
  fake.say({ v: 2, ...change(html("x"), html("y"), "<b>x</b>", [0, 0, 0]) });
  await fake.heard();
  await expect(fake.page.locator("b")).toHaveText("y");
  await expect(fake.page.locator("input")).toHaveValue("typed");
  await expect(fake.page.locator("details")).toHaveAttribute("open");
});
