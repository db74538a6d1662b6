// Elements of one's own: modules that come with their tag, attributes in, events out, children left alone.

import { expect, test } from "./test.mjs";

const COUNTING = `
  window.loads = (window.loads ?? 0) + 1;
  customElements.define("my-counter", class extends HTMLElement {
    static observedAttributes = ["label"];
    attributeChangedCallback(name, old, value) { this.seen = [...(this.seen ?? []), value]; }
    connectedCallback() {
      this.own ??= this.appendChild(document.createElement("i"));
      this.own.textContent = "own";
      this.onclick = () => this.dispatchEvent(new CustomEvent("counted", { bubbles: true, detail: { n: 3, words: ["a"] } }));
    }
  });`;

test("a module is loaded once, when its tag appears, be it by a patch or by an item of a stream", async ({ open }) => {
  const fake = await open('<p>p</p><ul data-stream="s"></ul>', { modules: { "my-counter": COUNTING, "other-one": "window.other = true;" } });
  const { page } = fake;
  const state = () => page.evaluate(() => [window.loads ?? 0, window.other ?? false, document.querySelectorAll("my-counter > i").length]);
  await fake.heard();
  expect(await state()).toEqual([0, false, 0]);
  fake.draw('<p>p</p><div><my-counter label="1"></my-counter></div><ul data-stream="s"></ul>');
  await expect.poll(state).toEqual([1, false, 1]);
  fake.draw('<p>p</p><my-counter label="1"></my-counter><my-counter label="2"></my-counter><ul data-stream="s"></ul>');
  await fake.heard();
  expect(await state()).toEqual([1, false, 2]);
  fake.say({ i: [["s", "append", "1", '<li data-key="1"><other-one></other-one></li>']] });
  await expect.poll(state).toEqual([1, true, 2]);
});

test("a module that could not be loaded is tried again with the next element of its tag", async ({ open }) => {
  const fake = await open("<p>p</p>", { modules: { "my-counter": COUNTING } });
  let refused = 0;
  await fake.context.route("**/elements/my-counter", (route) => { refused += 1; return route.abort(); });
  fake.draw("<p>p</p><my-counter></my-counter>");
  await expect.poll(() => refused).toBe(1);
  await fake.heard();
  await fake.context.unroute("**/elements/my-counter");
  await expect.poll(async () => {
    fake.draw(fake.text.includes("<b>") ? "<p>p</p><my-counter></my-counter>" : "<b></b><section><my-counter></my-counter></section>");
    await fake.heard();
    return fake.page.evaluate(() => window.loads ?? 0);
  }).toBe(1);
});

test("attributes go in, and what the element has put into itself is left alone", async ({ open }) => {
  const html = (n) => `<my-counter label="${n}" class="c"><b>${n}</b></my-counter>`;
  const fake = await open(html(1), { modules: { "my-counter": COUNTING } });
  const { page } = fake;
  await page.locator("my-counter > i").waitFor();
  await page.evaluate(() => { document.querySelector("my-counter").dataset.mine = "1"; });
  fake.draw(html(2));
  fake.draw(html(3));
  await fake.heard();
  expect(await page.evaluate(() => {
    const el = document.querySelector("my-counter");
    return [el.seen, el.innerHTML, el.dataset.mine];
  })).toEqual([["1", "2", "3"], "<b>3</b><i>own</i>", "1"]);
});

test("an event of the element reaches the handler at it or around it, with its detail", async ({ open }) => {
  const fake = await open("<p>p</p>", { modules: { "my-counter": COUNTING } });
  const { page } = fake;
  fake.draw('<p>p</p><div on:counted="7" data-of="outer"><my-counter>x</my-counter></div>');
  await page.locator("my-counter > i").waitFor();
  await page.locator("my-counter").click();
  const [, , , handler, kind, payload] = await fake.until(([name]) => name === "ev");
  expect([handler, kind, payload]).toEqual(["7", "counted", { detail: { n: 3, words: ["a"] }, data: { of: "outer" } }]);
  fake.draw('<p>p</p><my-counter on:counted="8">x</my-counter>', { a: 1 });
  await page.locator("my-counter > i").waitFor();
  await page.locator("my-counter").click();
  await fake.until(([name, , , handler]) => name === "ev" && handler === "8");
  expect(fake.events().length).toBe(2);
});
