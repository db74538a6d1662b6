// What is not the server's: what people did before the script came, and what a library makes of an element.

import { expect, test } from "./test.mjs";

/** Opens a page on which `before` is done before the script comes; the server then sends the whole page. */
async function openLate(open, html, before) {
  const start = `${html}<script>(${before})()</script>`;
  const fake = await open(start, { fits: false, join: null });
  await fake.until(([kind]) => kind === "join");
  fake.text = html;
  fake.say({ v: 1, h: html });
  await fake.heard();
  return fake;
}

test("what was opened before the script came stays open, and what was closed stays closed", async ({ open }) => {
  const html = (n) => `<details id="a"><summary>a</summary>a</details><details id="b" open=""><summary>b</summary>b</details>
    <dialog id="m"><input id="t">m</dialog><dialog id="n">n</dialog><ul data-stream="s"></ul><b>${n}</b>`;
  const fake = await openLate(open, html(1), () => {
    document.querySelector("#a").open = true;
    document.querySelector("#b").open = false;
    document.querySelector("#m").showModal();
    document.querySelector("#n").show();
  });
  const seen = () => fake.page.evaluate(() => [..."abmn"].map((id) => document.getElementById(id).open).concat(document.querySelector("#m").matches(":modal")));
  expect(await seen()).toEqual([true, false, true, true, true]);
  fake.draw(html(2));
  await fake.heard();
  expect(await seen()).toEqual([true, false, true, true, true]);
  await fake.page.locator("#t").fill("it can be used");
});

test("what was opened of an item of a stream before the script came stays open", async ({ open }) => {
  const item = (text) => `<li data-key="1"><details><summary>s</summary>${text}</details></li>`;
  const html = `<ul data-stream="s">${item("one")}</ul>`;
  const fake = await open(`${html}<script>document.querySelector("details").open = true</script>`, { fits: false, join: { v: 1, h: '<ul data-stream="s"></ul>' } });
  fake.say({ i: [["s", "replace", "1", item("two")]] });
  await fake.heard();
  expect(await fake.page.evaluate(() => [document.querySelector("details").open, document.querySelector("li").textContent])).toEqual([true, "stwo"]);
});

test("a text that was edited in place before the script came stays", async ({ open }) => {
  const html = (n) => `<div id="e" contenteditable="true">first</div><b>${n}</b>`;
  const fake = await openLate(open, html(1), () => { document.querySelector("#e").textContent = "written early"; });
  fake.draw(html(2));
  await fake.heard();
  expect(await fake.page.locator("#e").innerText()).toBe("written early");
});

test("a dialog that a page opens by itself is not closed when it comes or changes", async ({ open }) => {
  const html = (n, dialogs) => `<p>${n}</p>${dialogs}`;
  const fake = await open(html(1, ""));
  fake.draw(html(2, '<dialog open="" id="d">one</dialog>'));
  await fake.heard();
  fake.draw(html(3, '<dialog open="" id="d">two</dialog>'));
  await fake.heard();
  expect(await fake.page.evaluate(() => document.querySelector("#d").open)).toBe(true);
});

test("what is to be ignored is left as a library has made it, apart from the attributes that the server changes", async ({ open }) => {
  const html = (n, keys = "ab") => `<b>${n}</b>${[...keys].map((key) => `<div data-ignore="" data-key="${key}" data-n="${n}"><p>${n}</p></div>`).join("")}`;
  const fake = await open(html(1));
  const { page } = fake;
  await page.evaluate(() => {
    for (const el of document.querySelectorAll("[data-ignore]")) {
      el.className = "theirs";
      el.innerHTML = "<canvas></canvas>";
    }
  });
  fake.draw(html(2, "ba"));
  await fake.heard();
  const seen = () => page.evaluate(() => [...document.querySelectorAll("[data-ignore]")].map((el) => [el.dataset.key, el.dataset.n, el.className, el.innerHTML]));
  expect(await seen()).toEqual([["b", "2", "theirs", "<canvas></canvas>"], ["a", "2", "theirs", "<canvas></canvas>"]]);
  fake.draw(html(3, "c"));
  await fake.heard();
  expect(await seen()).toEqual([["c", "3", "", "<p>3</p>"]]);
});

test("what is to be ignored may be wrapped by a library, and goes with its wrapper", async ({ open }) => {
  const html = (n, more = "", gone = false) => `${more}<p>${n}</p>${gone ? "" : `<select data-ignore="" title="${n}"><option>a</option></select>`}<p>after</p>`;
  const fake = await open(html(1));
  const { page } = fake;
  await page.evaluate(() => {
    const select = document.querySelector("select");
    const wrapper = document.createElement("div");
    wrapper.className = "wrapper";
    select.replaceWith(wrapper);
    wrapper.append(select, document.createElement("i"));
    window.select = select;
  });
  fake.draw(html(2, "<h1>new</h1>"));
  await fake.heard();
  const seen = () => page.evaluate(() => [[...document.querySelector("#live").children].map((el) => el.className || el.nodeName).join(), window.select.isConnected && window.select.title]);
  expect(await seen()).toEqual(["H1,P,wrapper,P", "2"]);
  fake.draw(html(3, "", true));
  await fake.heard();
  expect(await seen()).toEqual(["P,P", false]);
});

test("what was typed and chosen before the script came is told to who listens, and nothing else is", async ({ open }) => {
  const options = `<option value="a">a</option><option value="b">b</option>`;
  const html = `<input id="t" on:input="0"><input id="c" type="checkbox" on:change="1"><select id="s" on:change="2">${options}</select>
    <input on:input="3" value="same"><select on:change="4">${options}</select><input type="range" on:input="5"><input type="color" on:input="6">
    <select multiple="" on:change="7">${options}</select><select on:change="8"><option value="a">a</option><option selected="" value="b">b</option></select>`;
  const fake = await openLate(open, html, () => {
    document.querySelector("#t").value = "typed early";
    document.querySelector("#c").checked = true;
    document.querySelector("#s").value = "b";
  });
  const told = fake.events().map(([, , , id, kind, { value, checked }]) => [id, kind, checked ?? value]);
  expect(told.sort()).toEqual([["0", "input", "typed early"], ["1", "change", true], ["2", "change", "b"]]);
});
