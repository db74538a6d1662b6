// What the script tells the server, and what it does with answers that come late.

import { expect, test } from "./test.mjs";

const at = (fake) => fake.events().at(-1);

test("typing that is not acknowledged is not overwritten, and corrected when the acknowledgement has caught up", async ({ open }) => {
  const html = (value) => `<input id="t" on:input="0" value="${value}">`;
  const fake = await open(html(""));
  const input = fake.page.locator("#t");
  await input.pressSequentially("abc");
  await fake.until(([, seq]) => seq === 3);
  fake.draw(html("A"), { a: 1 });
  fake.draw(html("AB"), { a: 2 });
  await fake.page.waitForFunction(() => document.querySelector("#t").getAttribute("value") === "AB");
  expect(await input.inputValue()).toBe("abc");
  fake.draw(html("ABC"), { a: 3 });
  await fake.page.waitForFunction(() => document.querySelector("#t").value === "ABC");
  expect(await fake.page.evaluate(() => document.querySelector("#t").selectionStart)).toBe(3);
});

test("while a word is composed nothing is sent and nothing overwritten", { tag: "@chromium" }, async ({ open }) => {
  const html = (value) => `<input id="t" on:input="0" value="${value}">`;
  const fake = await open(html(""));
  await fake.page.locator("#t").focus();
  const cdp = await fake.context.newCDPSession(fake.page);
  await cdp.send("Input.imeSetComposition", { text: "に", selectionStart: 1, selectionEnd: 1 });
  await cdp.send("Input.imeSetComposition", { text: "にほ", selectionStart: 2, selectionEnd: 2 });
  fake.draw(html("other"));
  await fake.page.waitForFunction(() => document.querySelector("#t").getAttribute("value") === "other");
  expect(fake.events().length).toBe(0);
  expect(await fake.page.locator("#t").inputValue()).toBe("にほ");
  await cdp.send("Input.insertText", { text: "日本" });
  const event = await fake.until(([kind]) => kind === "ev");
  expect(event[5].value).toBe("日本");
});

test("a pause in typing is waited for, but not when something else is done", async ({ open }) => {
  const fake = await open(`<form on:submit="1"><input id="t" name="t" on:input="0" data-debounce="60000"><button>Send</button></form>`);
  await fake.page.locator("#t").pressSequentially("abc");
  expect(fake.events().length).toBe(0);
  await fake.page.getByRole("button").click();
  await fake.until(([, , , , type]) => type === "submit");
  expect(fake.events().map(([, seq, , handler, type]) => [seq, handler, type])).toEqual([[1, "0", "input"], [2, "1", "submit"]]);
  expect(at(fake)[5].fields).toEqual([["t", "abc"]]);
});

test("what a patch would move while it is pressed is clicked all the same", async ({ open }) => {
  const fake = await open('<p>Too short.</p><button on:click="h1">Save</button>', { clock: true });
  const { page } = fake;
  const before = await page.getByRole("button").boundingBox();
  await page.mouse.move(before.x + 5, before.y + 5);
  await page.mouse.down();
  fake.draw('<button on:click="h1">Save</button>');
  fake.say({ v: fake.version, t: "Changed" });
  await page.clock.runFor(50);
  expect(await page.getByText("Too short.").count()).toBe(1);
  await page.mouse.up();
  await page.clock.runFor(50);
  await fake.until(([kind, , , id, type]) => kind === "ev" && id === "h1" && type === "click");
  await expect(page.getByText("Too short.")).toHaveCount(0);
  await expect(page).toHaveTitle("Changed");
});

test("what is dragged or slid while it is pressed holds nothing up", async ({ open }) => {
  const fake = await open('<p>Old</p><input type="range" on:input="h1">');
  const { page } = fake;
  const range = await page.getByRole("slider").boundingBox();
  await page.mouse.move(range.x + 5, range.y + range.height / 2);
  await page.mouse.down();
  await page.mouse.move(range.x + range.width / 2, range.y + range.height / 2);
  await fake.until(([kind, , , id]) => kind === "ev" && id === "h1");
  fake.draw('<p>New</p><input type="range" on:input="h1">');
  await expect(page.getByText("New")).toBeVisible();
  await page.mouse.up();
});

test("an event says what it is about: value, key, data, the fields of its form without passwords", async ({ open }) => {
  const fake = await open(`<form on:change="0"><input id="n" name="n"><input id="p" type="password" name="p"><input id="c" type="checkbox" name="c" value="yes"></form>
    <button on:click="1" data-item-id="7" data-key="k" value="v"><b>in it</b></button><input id="k" on:keydown="2" data-keys="Enter Escape">`);
  const { page } = fake;
  await page.locator("#p").fill("secret words");
  await page.locator("#n").fill("Ada");
  await page.locator("#c").check();
  const change = await fake.until(([, , , , , payload]) => payload?.name === "c");
  expect([change[5].checked, change[5].value, change[5].fields]).toEqual([true, "yes", [["n", "Ada"], ["c", "yes"]]]);
  await page.getByText("in it").click();
  const click = await fake.until(([, , , , type]) => type === "click");
  expect(click[5]).toEqual({ value: "v", data: { itemId: "7" } });
  await page.locator("#k").press("a");
  await page.locator("#k").press("Enter");
  const key = await fake.until(([, , , , type]) => type === "keydown");
  expect(key[5].key).toBe("Enter");
  expect(fake.events("keydown").length).toBe(1);
});

test("an element is busy until its event is acknowledged, and done if it takes longer", async ({ open }) => {
  const fake = await open(`<button id="a" on:click="0">A</button><button id="b" on:click="1">B</button>`);
  const busy = (id) => fake.page.evaluate((id) => document.getElementById(id).hasAttribute("aria-busy"), id);
  await fake.page.locator("#a").click();
  await fake.page.locator("#b").click();
  await fake.until(([, seq]) => seq === 2);
  expect([await busy("a"), await busy("b")]).toEqual([true, true]);
  fake.say({ a: 2, w: [2] });
  await fake.page.waitForFunction(() => !document.getElementById("a").hasAttribute("aria-busy"));
  expect(await busy("b")).toBe(true);
  fake.say({ d: [2] });
  await fake.page.waitForFunction(() => !document.getElementById("b").hasAttribute("aria-busy"));
});

test("what asks first is sent only if the answer is yes", async ({ open }) => {
  const fake = await open(`<button on:click="0" data-confirm="Sure?">Delete</button>`);
  fake.page.once("dialog", (dialog) => dialog.dismiss());
  await fake.page.getByRole("button").click();
  fake.page.once("dialog", (dialog) => dialog.accept());
  await fake.page.getByRole("button").click();
  await fake.until(([kind]) => kind === "ev");
  expect(fake.events().length).toBe(1);
});

test("links lead on, back and forth, with title, scroll position and focus", async ({ open }) => {
  const html = (title, more = "") => `<main><h1>${title}</h1><a data-link="" href="/next?x=1">Next</a><p style="height:3000px"></p>${more}</main>`;
  const fake = await open(html("First"));
  const { page } = fake;
  await page.evaluate(() => scrollTo(0, 700));
  await page.evaluate(() => document.querySelector("a").click());
  const nav = await fake.until(([kind]) => kind === "nav");
  expect(nav).toEqual(["nav", 1, "/next?x=1", "push"]);
  fake.draw(html("Second"), { a: 1, n: 1, t: "Second", u: ["/next?x=1", "push"] });
  await page.waitForFunction(() => document.title === "Second");
  expect(new URL(page.url()).pathname).toBe("/next");
  expect(await page.evaluate(() => [scrollY, document.activeElement.tagName])).toEqual([0, "H1"]);
  await page.goBack();
  expect(await fake.until(([kind, , , how]) => kind === "nav" && how === "pop")).toEqual(["nav", 2, "/", "pop", { state: '{"x":1}', mac: "first", streams: {} }]);
  fake.draw(html("First"), { a: 2, n: 1, t: "First" });
  await page.waitForFunction(() => document.title === "First" && scrollY === 700);
  expect(fake.loads).toBe(1);
});

test("a new tab, a download and another site are the browser's business", async ({ open }) => {
  const fake = await open(`<a data-link="" id="a" href="/a" target="_blank">a</a><a data-link="" id="b" href="http://other.test/">b</a><a data-link="" id="c" href="/c" download="">c</a>`);
  const prevented = await fake.page.evaluate(() => ["a", "b", "c"].map((id) => {
    let by;
    addEventListener("click", (event) => { by = event.defaultPrevented; event.preventDefault(); }, { once: true });
    document.getElementById(id).click();
    return by;
  }));
  expect(prevented).toEqual([false, false, false]);
  expect(fake.sent.filter(([kind]) => kind === "nav").length).toBe(0);
});

test("after a break typing is said again and a click that was sent is not", async ({ open }) => {
  const fake = await open(`<input id="t" on:input="0"><button on:click="1">B</button>`);
  await fake.page.locator("#t").fill("half");
  await fake.page.getByRole("button").click();
  await fake.until(([, seq]) => seq === 2);
  fake.sent.length = 0;
  await fake.socket.close({ code: 1012 });
  const join = await fake.until(([kind]) => kind === "join");
  expect(join[1].again).toBe(true);
  const event = await fake.until(([kind]) => kind === "ev");
  expect([event[3], event[4], event[5].value]).toEqual(["0", "input", "half"]);
  expect(fake.events("click").length).toBe(0);
});

test("a click that was made while there was no connection is sent if the page is still the same, and else forgotten", async ({ open }) => {
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
    expect(fake.events("click").length).toBe(same ? 1 : 0);
  }
});

test("who is offline is told so", async ({ open }) => {
  const fake = await open("<p>x</p>");
  fake.join = null;
  await fake.socket.close({ code: 1011 });
  await fake.page.getByRole("status").filter({ hasText: "You are offline" }).waitFor();
});

test("the end of a session loads the page again", async ({ open }) => {
  const fake = await open("<p>x</p>");
  await fake.socket.close({ code: 4004 });
  await fake.page.waitForFunction(() => performance.getEntriesByType("navigation")[0].type === "reload");
  expect(fake.loads).toBe(2);
});

test("the items of a stream come, change and go one by one", async ({ open }) => {
  const fake = await open(`<ul data-stream="s"></ul><b>1</b>`);
  const item = (key, text = key) => `<li data-key="${key}">${text}</li>`;
  const items = () => fake.page.evaluate(() => [...document.querySelectorAll("li")].map((li) => li.textContent).join(" "));
  fake.say({ i: [["s", "reset", "", item("a") + item("b")], ["s", "append", "c", item("c")], ["s", "prepend", "z", item("z")]] });
  fake.say({ i: [["s", "replace", "b", item("b", "B")], ["s", "remove", "a", ""], ["s", "append", "z", item("z", "Z")], ["other", "reset", "", "x"]] });
  fake.draw(`<ul data-stream="s"></ul><b>2</b>`);
  await fake.page.getByText("2", { exact: true }).waitFor();
  expect(await items()).toBe("B c Z");
});

test("the browser is called along a path, and what must not be called is not", async ({ open }) => {
  const fake = await open(`<h1 id="h">Title</h1>`);
  const call = async (id, path) => {
    fake.say({ c: [[id, path]] });
    const [, , ok, value] = await fake.until(([kind, of]) => kind === "ret" && of === id);
    return [ok, value];
  };
  expect(await call(1, [["$", "#h"], "textContent"])).toEqual([true, "Title"]);
  expect(await call(2, ["Intl", ["DateTimeFormat"], ["resolvedOptions"], "numberingSystem"])).toEqual([true, "latn"]);
  expect(await call(3, ["document", ["=", "title", "New"]])).toEqual([true, null]);
  expect(await fake.page.title()).toBe("New");
  expect(await call(4, ["window"])).toEqual([true, null]);
  for (const path of [[["eval", "1"]], ["document", "constructor"], [["Function", "1"]], [["setTimeout", "1"]], ["nothing", "at"]]) {
    const [ok] = await call(10 + fake.sent.length, path);
    expect(ok, JSON.stringify(path)).toBe(false);
  }
});

test("a file goes in parts, as many as are granted, and a refusal is shown and told to the page", async ({ open }) => {
  const fake = await open(`<input id="f" type="file" multiple="" on:upload="0" on:refused="1">`);
  const input = fake.page.locator("#f");
  const content = Buffer.from(Array.from({ length: 70_000 }, (_, at) => at % 251));
  await input.setInputFiles([{ name: "a.bin", mimeType: "application/x", buffer: content }, { name: "b.txt", mimeType: "text/plain", buffer: Buffer.from("b") }]);
  const [, seq, handler, , ref, files] = await fake.until(([kind]) => kind === "up");
  expect([seq, handler, files]).toEqual([1, "0", [["a.bin", 70_000, "application/x"], ["b.txt", 1, "text/plain"]]]);
  const parts = () => fake.sent.filter((message) => Buffer.isBuffer(message));
  let taken = 0;
  for (let part = 1; part <= 4; part += 1) {
    await expect.poll(() => parts().length).toBeGreaterThanOrEqual(part);
    taken += parts()[part - 1].length - 8;
    fake.say({ ua: [[ref, taken, 32 * 1024]] });
  }
  const bodies = parts().map((part) => [part.readUInt32BE(0), part.readUInt32BE(4), part.subarray(8)]);
  expect(bodies.map(([r, file]) => [r, file])).toEqual([[ref, 0], [ref, 0], [ref, 0], [ref, 1]]);
  expect(Buffer.concat(bodies.slice(0, 3).map(([, , body]) => body)).equals(content)).toBe(true);
  fake.say({ a: 1, ud: [ref] });
  await fake.page.waitForFunction(() => document.querySelector("#f").value === "");
  await input.setInputFiles({ name: "c.bin", mimeType: "x", buffer: Buffer.from("c") });
  const again = await fake.until(([kind, seq]) => kind === "up" && seq > 1);
  fake.say({ ue: [[again[4], "Too large."]] });
  await fake.page.waitForFunction(() => document.querySelector("#f").validationMessage === "Too large.");
  const [, , , told, , { value }] = await fake.until(([kind, , , , type]) => kind === "ev" && type === "refused");
  expect([told, value]).toEqual(["1", "Too large."]);
});
