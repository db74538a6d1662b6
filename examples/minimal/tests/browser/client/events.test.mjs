// What the script tells the server, and what it does with answers that come late.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { open, start, stop } from "./fake.mjs";

before(start);
after(stop);

const at = (fake) => fake.events().at(-1);

test("typing that is not acknowledged is not overwritten, and corrected when the acknowledgement has caught up", async () => {
  const html = (value) => `<input id="t" on:input="0" value="${value}">`;
  const fake = await open(html(""));
  const input = fake.page.locator("#t");
  await input.pressSequentially("abc");
  await fake.until(([, seq]) => seq === 3);
  fake.draw(html("A"), { a: 1 });
  fake.draw(html("AB"), { a: 2 });
  await fake.page.waitForFunction(() => document.querySelector("#t").getAttribute("value") === "AB");
  assert.equal(await input.inputValue(), "abc");
  fake.draw(html("ABC"), { a: 3 });
  await fake.page.waitForFunction(() => document.querySelector("#t").value === "ABC");
  assert.equal(await fake.page.evaluate(() => document.querySelector("#t").selectionStart), 3);
});

test("while a word is composed nothing is sent and nothing overwritten", async () => {
  const html = (value) => `<input id="t" on:input="0" value="${value}">`;
  const fake = await open(html(""));
  await fake.page.locator("#t").focus();
  const cdp = await fake.context.newCDPSession(fake.page);
  await cdp.send("Input.imeSetComposition", { text: "に", selectionStart: 1, selectionEnd: 1 });
  await cdp.send("Input.imeSetComposition", { text: "にほ", selectionStart: 2, selectionEnd: 2 });
  fake.draw(html("other"));
  await fake.page.waitForFunction(() => document.querySelector("#t").getAttribute("value") === "other");
  assert.equal(fake.events().length, 0);
  assert.equal(await fake.page.locator("#t").inputValue(), "にほ");
  await cdp.send("Input.insertText", { text: "日本" });
  const event = await fake.until(([kind]) => kind === "ev");
  assert.equal(event[5].value, "日本");
});

test("a pause in typing is waited for, but not when something else is done", async () => {
  const fake = await open(`<form on:submit="1"><input id="t" name="t" on:input="0" data-debounce="60000"><button>Send</button></form>`);
  await fake.page.locator("#t").pressSequentially("abc");
  assert.equal(fake.events().length, 0);
  await fake.page.getByRole("button").click();
  await fake.until(([, , , , type]) => type === "submit");
  assert.deepEqual(fake.events().map(([, seq, , handler, type]) => [seq, handler, type]), [[1, "0", "input"], [2, "1", "submit"]]);
  assert.deepEqual(at(fake)[5].fields, [["t", "abc"]]);
});

test("an event says what it is about: value, key, data, the fields of its form without passwords", async () => {
  const fake = await open(`<form on:change="0"><input id="n" name="n"><input id="p" type="password" name="p"><input id="c" type="checkbox" name="c" value="yes"></form>
    <button on:click="1" data-item-id="7" data-key="k" value="v"><b>in it</b></button><input id="k" on:keydown="2" data-keys="Enter Escape">`);
  const { page } = fake;
  await page.locator("#p").fill("secret words");
  await page.locator("#n").fill("Ada");
  await page.locator("#c").check();
  const change = await fake.until(([, , , , , payload]) => payload?.name === "c");
  assert.deepEqual([change[5].checked, change[5].value, change[5].fields], [true, "yes", [["n", "Ada"], ["c", "yes"]]]);
  await page.getByText("in it").click();
  const click = await fake.until(([, , , , type]) => type === "click");
  assert.deepEqual(click[5], { value: "v", data: { itemId: "7" } });
  await page.locator("#k").press("a");
  await page.locator("#k").press("Enter");
  const key = await fake.until(([, , , , type]) => type === "keydown");
  assert.equal(key[5].key, "Enter");
  assert.equal(fake.events("keydown").length, 1);
});

test("an element is busy until its event is acknowledged, and done if it takes longer", async () => {
  const fake = await open(`<button id="a" on:click="0">A</button><button id="b" on:click="1">B</button>`);
  const busy = (id) => fake.page.evaluate((id) => document.getElementById(id).hasAttribute("aria-busy"), id);
  await fake.page.locator("#a").click();
  await fake.page.locator("#b").click();
  await fake.until(([, seq]) => seq === 2);
  assert.deepEqual([await busy("a"), await busy("b")], [true, true]);
  fake.say({ a: 2, w: [2] });
  await fake.page.waitForFunction(() => !document.getElementById("a").hasAttribute("aria-busy"));
  assert.equal(await busy("b"), true);
  fake.say({ d: [2] });
  await fake.page.waitForFunction(() => !document.getElementById("b").hasAttribute("aria-busy"));
});

test("what asks first is sent only if the answer is yes", async () => {
  const fake = await open(`<button on:click="0" data-confirm="Sure?">Delete</button>`);
  fake.page.once("dialog", (dialog) => dialog.dismiss());
  await fake.page.getByRole("button").click();
  fake.page.once("dialog", (dialog) => dialog.accept());
  await fake.page.getByRole("button").click();
  await fake.until(([kind]) => kind === "ev");
  assert.equal(fake.events().length, 1);
});

test("links lead on, back and forth, with title, scroll position and focus", async () => {
  const html = (title, more = "") => `<main><h1>${title}</h1><a data-link="" href="/next?x=1">Next</a><p style="height:3000px"></p>${more}</main>`;
  const fake = await open(html("First"));
  const { page } = fake;
  await page.evaluate(() => scrollTo(0, 700));
  await page.evaluate(() => document.querySelector("a").click());
  const nav = await fake.until(([kind]) => kind === "nav");
  assert.deepEqual(nav, ["nav", 1, "/next?x=1", "push"]);
  fake.draw(html("Second"), { a: 1, n: 1, t: "Second", u: ["/next?x=1", "push"] });
  await page.waitForFunction(() => document.title === "Second");
  assert.equal(new URL(page.url()).pathname, "/next");
  assert.deepEqual(await page.evaluate(() => [scrollY, document.activeElement.tagName]), [0, "H1"]);
  await page.goBack();
  assert.deepEqual(await fake.until(([kind, , , how]) => kind === "nav" && how === "pop"), ["nav", 2, "/", "pop"]);
  fake.draw(html("First"), { a: 2, n: 1, t: "First" });
  await page.waitForFunction(() => document.title === "First" && scrollY === 700);
  assert.equal(fake.loads, 1);
});

test("a new tab, a download and another site are the browser's business", async () => {
  const fake = await open(`<a data-link="" id="a" href="/a" target="_blank">a</a><a data-link="" id="b" href="http://other.test/">b</a><a data-link="" id="c" href="/c" download="">c</a>`);
  const prevented = await fake.page.evaluate(() => ["a", "b", "c"].map((id) => {
    let by;
    addEventListener("click", (event) => { by = event.defaultPrevented; event.preventDefault(); }, { once: true });
    document.getElementById(id).click();
    return by;
  }));
  assert.deepEqual(prevented, [false, false, false]);
  assert.equal(fake.sent.filter(([kind]) => kind === "nav").length, 0);
});

test("after a break typing is said again and a click that was sent is not", async () => {
  const fake = await open(`<input id="t" on:input="0"><button on:click="1">B</button>`);
  await fake.page.locator("#t").fill("half");
  await fake.page.getByRole("button").click();
  await fake.until(([, seq]) => seq === 2);
  fake.sent.length = 0;
  await fake.socket.close({ code: 1012 });
  const join = await fake.until(([kind]) => kind === "join");
  assert.equal(join[1].again, true);
  const event = await fake.until(([kind]) => kind === "ev");
  assert.deepEqual([event[3], event[4], event[5].value], ["0", "input", "half"]);
  assert.equal(fake.events("click").length, 0);
});

test("a click that was made while there was no connection is sent if the page is still the same, and else forgotten", async () => {
  for (const same of [true, false]) {
    const html = `<button on:click="0">B</button>`;
    const fake = await open(html);
    fake.join = null;
    await fake.socket.close({ code: 1012 });
    await fake.page.getByRole("button").click();
    fake.sent.length = 0;
    fake.join = same ? { v: 1 } : { v: 1, h: html.replace(">B<", ">C<") };
    await fake.page.waitForFunction(() => document.documentElement.dataset.live !== "online");
    if (fake.sockets < 2) await fake.until(([kind]) => kind === "join");
    else fake.say(fake.join);
    await fake.page.waitForFunction(() => document.documentElement.dataset.live === "online");
    await fake.page.evaluate(() => {});
    if (same) await fake.until(([kind]) => kind === "ev");
    assert.equal(fake.events("click").length, same ? 1 : 0);
  }
});

test("who is offline is told so", async () => {
  const fake = await open("<p>x</p>");
  fake.join = null;
  await fake.socket.close({ code: 1011 });
  await fake.page.getByRole("status").filter({ hasText: "You are offline" }).waitFor();
});

test("the end of a session loads the page again", async () => {
  const fake = await open("<p>x</p>");
  await fake.socket.close({ code: 4004 });
  await fake.page.waitForFunction(() => performance.getEntriesByType("navigation")[0].type === "reload");
  assert.equal(fake.loads, 2);
});

test("the items of a stream come, change and go one by one", async () => {
  const fake = await open(`<ul data-stream="s"></ul><b>1</b>`);
  const item = (key, text = key) => `<li data-key="${key}">${text}</li>`;
  const items = () => fake.page.evaluate(() => [...document.querySelectorAll("li")].map((li) => li.textContent).join(" "));
  fake.say({ i: [["s", "reset", "", item("a") + item("b")], ["s", "append", "c", item("c")], ["s", "prepend", "z", item("z")]] });
  fake.say({ i: [["s", "replace", "b", item("b", "B")], ["s", "remove", "a", ""], ["s", "append", "z", item("z", "Z")], ["other", "reset", "", "x"]] });
  fake.draw(`<ul data-stream="s"></ul><b>2</b>`);
  await fake.page.getByText("2", { exact: true }).waitFor();
  assert.equal(await items(), "B c Z");
});

test("the browser is called along a path, and what must not be called is not", async () => {
  const fake = await open(`<h1 id="h">Title</h1>`);
  const call = async (id, path) => {
    fake.say({ c: [[id, path]] });
    const [, , ok, value] = await fake.until(([kind, of]) => kind === "ret" && of === id);
    return [ok, value];
  };
  assert.deepEqual(await call(1, [["$", "#h"], "textContent"]), [true, "Title"]);
  assert.deepEqual(await call(2, ["Intl", ["DateTimeFormat"], ["resolvedOptions"], "numberingSystem"]), [true, "latn"]);
  assert.deepEqual(await call(3, ["document", ["=", "title", "New"]]), [true, null]);
  assert.equal(await fake.page.title(), "New");
  assert.deepEqual(await call(4, ["window"]), [true, null]);
  for (const path of [[["eval", "1"]], ["document", "constructor"], [["Function", "1"]], [["setTimeout", "1"]], ["nothing", "at"]]) {
    const [ok] = await call(10 + fake.sent.length, path);
    assert.equal(ok, false, JSON.stringify(path));
  }
});

test("a file goes in parts, each when the one before was taken, and a refusal is shown", async () => {
  const fake = await open(`<input id="f" type="file" multiple="" on:upload="0">`);
  const input = fake.page.locator("#f");
  const content = Buffer.from(Array.from({ length: 70_000 }, (_, at) => at % 251));
  await input.setInputFiles([{ name: "a.bin", mimeType: "application/x", buffer: content }, { name: "b.txt", mimeType: "text/plain", buffer: Buffer.from("b") }]);
  const [, seq, handler, , ref, files] = await fake.until(([kind]) => kind === "up");
  assert.deepEqual([seq, handler, files], [1, "0", [["a.bin", 70_000, "application/x"], ["b.txt", 1, "text/plain"]]]);
  const parts = () => fake.sent.filter((message) => Buffer.isBuffer(message));
  let taken = 0;
  for (let part = 1; part <= 4; part += 1) {
    await fake.until(() => parts().length === part);
    assert.equal(parts().length, part);
    taken += parts()[part - 1].length - 8;
    fake.say({ ua: [[ref, taken]] });
  }
  const bodies = parts().map((part) => [part.readUInt32BE(0), part.readUInt32BE(4), part.subarray(8)]);
  assert.deepEqual(bodies.map(([r, file]) => [r, file]), [[ref, 0], [ref, 0], [ref, 0], [ref, 1]]);
  assert.ok(Buffer.concat(bodies.slice(0, 3).map(([, , body]) => body)).equals(content));
  fake.say({ a: 1, ud: [ref] });
  await fake.page.waitForFunction(() => document.querySelector("#f").value === "");
  await input.setInputFiles({ name: "c.bin", mimeType: "x", buffer: Buffer.from("c") });
  const again = await fake.until(([kind, seq]) => kind === "up" && seq > 1);
  fake.say({ ue: [[again[4], "Too large."]] });
  await fake.page.waitForFunction(() => document.querySelector("#f").validationMessage === "Too large.");
});
