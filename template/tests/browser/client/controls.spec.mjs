// What people put into controls, and what the server wants them to hold.

import { expect, test } from "./test.mjs";

test("of two wishes of the server for a control that was typed in, the newer one counts", async ({ open }) => {
  const html = (value) => `<input id="t" on:input="0" value="${value}">`;
  const fake = await open(html(""));
  const input = fake.page.locator("#t");
  await input.pressSequentially("ab");
  await fake.until(([, seq]) => seq === 2);
  fake.draw(html("A"), { a: 1 });
  fake.draw(html("AB"), { a: 2 });
  await fake.heard();
  expect(await input.inputValue()).toBe("AB");
  fake.say({});
  await fake.heard();
  expect(await input.inputValue()).toBe("AB");
});

test("a group of radio buttons waits as a whole for what is not acknowledged", async ({ open }) => {
  const radio = (value, on) => `<input type="radio" name="r" id="${value}" value="${value}" on:change="0"${on === value ? ' checked=""' : ""}>`;
  const html = (on) => radio("a", on) + radio("b", on) + radio("c", on);
  const fake = await open(html("a"));
  const chosen = () => fake.page.evaluate(() => document.querySelector("input:checked")?.id);
  await fake.page.locator("#b").check();
  await fake.page.locator("#c").check();
  await fake.until(([, seq]) => seq === 2);
  fake.draw(html("b"), { a: 1 });
  await fake.heard();
  expect(await chosen()).toBe("c");
  fake.draw(html("c"), { a: 2 });
  await fake.heard();
  expect(await chosen()).toBe("c");
  await fake.page.locator("#a").check();
  await fake.until(([, seq]) => seq === 3);
  // The server does not want that.
  fake.draw(html("b"), { a: 3 });
  await fake.heard();
  expect(await chosen()).toBe("b");
});

test("a checkbox keeps what was chosen until the server knows it", async ({ open }) => {
  const html = (on) => `<input id="c" type="checkbox" value="yes" on:change="0"${on ? ' checked=""' : ""}>`;
  const fake = await open(html(false));
  const box = fake.page.locator("#c");
  await box.check();
  await box.uncheck();
  await fake.until(([, seq]) => seq === 2);
  fake.draw(html(true), { a: 1 });
  await fake.heard();
  expect(await box.isChecked()).toBe(false);
  fake.draw(html(false), { a: 2 });
  await fake.heard();
  expect(await box.isChecked()).toBe(false);
});

test("a choice in a list stays while options come and go, unless the server chooses", async ({ open }) => {
  const option = (value, on) => `<option value="${value}"${on === value ? ' selected=""' : ""}>${value}</option>`;
  const html = (values, on = "", hint = "") => `<select id="s" class="${hint}">${[...values].map((value) => option(value, on)).join("")}</select>`;
  const fake = await open(html("abc"));
  const value = () => fake.page.locator("#s").inputValue();
  await fake.page.locator("#s").selectOption("b");
  for (const values of ["abcd", "zabcd", "bz", "xyzb"]) {
    fake.draw(html(values));
    await fake.heard();
    expect(await value(), values).toBe("b");
  }
  fake.draw(html("xyzb", "y"));
  await fake.heard();
  expect(await value()).toBe("y");
  await fake.page.locator("#s").selectOption("z");
  fake.draw(html("xyzb", "y", "wide"));
  await fake.heard();
  expect(await value(), "only the class has changed").toBe("z");
  fake.draw(html("xyzb"));
  await fake.heard();
  expect(await value(), "nothing is marked any more, so it is the first").toBe("x");
});

test("a choice that is not acknowledged outlives options that come marked", async ({ open }) => {
  const html = (more) => `<select id="s" on:change="0"><option value="a">a</option><option value="b">b</option>${more}</select>`;
  const fake = await open(html(""));
  await fake.page.locator("#s").selectOption("b");
  await fake.until(([, seq]) => seq === 1);
  fake.draw(html('<option value="c" selected="">c</option>'));
  await fake.heard();
  expect(await fake.page.locator("#s").inputValue()).toBe("b");
  fake.say({ a: 1 });
  await fake.heard();
  expect(await fake.page.locator("#s").inputValue()).toBe("c");
});

test("in a list of many choices each is kept or set", async ({ open }) => {
  const html = (on) => `<select id="s" multiple="">${[..."abcd"].map((v) => `<option value="${v}"${on.includes(v) ? ' selected=""' : ""}>${v}</option>`).join("")}</select>`;
  const fake = await open(html("a"));
  const chosen = () => fake.page.evaluate(() => [...document.querySelector("#s").selectedOptions].map((option) => option.value).join(""));
  await fake.page.locator("#s").selectOption(["b", "c"]);
  fake.draw(html("cd"));
  await fake.heard();
  expect(await chosen()).toBe("cd");
});

test("a text that is edited in place is not overwritten, and corrected when the server knows it", async ({ open }) => {
  const html = (text, n = 0) => `<div id="e" contenteditable="true" on:input="0">${text}</div><b>${n}</b>`;
  const fake = await open(html("ab"));
  const edited = fake.page.locator("#e");
  await edited.click();
  await fake.page.keyboard.press("Control+End");
  await fake.page.keyboard.type("cd");
  const event = await fake.until(([, seq]) => seq === 2);
  expect(event[5].value).toBe("abcd");
  fake.draw(html("abc"), { a: 1 });
  await fake.heard();
  expect(await edited.innerText()).toBe("abcd");
  fake.draw(html("ABCD!"), { a: 2 });
  await fake.heard();
  expect(await edited.innerText()).toBe("ABCD!");
  await fake.page.keyboard.type("e");
  await fake.until(([, seq]) => seq === 3);
  expect(await edited.innerText(), "the caret stays where it was").toBe("ABCDe!");
  fake.draw(html("ABCDe!", 1), { a: 3 });
  await fake.heard();
  await fake.page.keyboard.type("f");
  expect(await edited.innerText()).toBe("ABCDef!");
});

test("lines that are written in place are not written twice", async ({ open }) => {
  const html = (text) => `<div id="e" contenteditable="true" on:input="0" style="white-space:pre-wrap">${text}</div>`;
  const fake = await open(html(""));
  await fake.page.locator("#e").click();
  await fake.page.keyboard.type("one");
  await fake.page.keyboard.press("Enter");
  await fake.page.keyboard.type("two");
  const seq = 3 + 1 + 3;
  const event = await fake.until(([, of]) => of === seq);
  expect(event[5].value).toBe("one\ntwo");
  fake.draw(html(event[5].value), { a: seq });
  await fake.heard();
  expect(await fake.page.locator("#e").innerText()).toBe("one\ntwo");
  await fake.page.keyboard.type("!");
  expect(await fake.page.locator("#e").innerText()).toBe("one\ntwo!");
});

test("what is composed is a wish's turn afterwards, with or without somebody who listens", { tag: "@chromium" }, async ({ open }) => {
  const html = (value) => `<input id="t" value="${value}"><input id="u">`;
  const fake = await open(html(""));
  await fake.page.locator("#t").focus();
  const cdp = await fake.context.newCDPSession(fake.page);
  await cdp.send("Input.imeSetComposition", { text: "に", selectionStart: 1, selectionEnd: 1 });
  fake.draw(html("server"));
  await fake.heard();
  expect(await fake.page.locator("#t").inputValue()).toBe("に");
  await cdp.send("Input.insertText", { text: "日" });
  await fake.page.waitForFunction(() => document.querySelector("#t").value === "server");
});

test("the keys that choose a word are not those that a page listens for", async ({ open }) => {
  const fake = await open(`<input id="t" on:keydown="0" data-keys="Enter">`);
  const press = (isComposing) => fake.page.evaluate((isComposing) => {
    document.querySelector("#t").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, isComposing }));
  }, isComposing);
  await press(true);
  await press(false);
  await fake.heard();
  expect(fake.events().length).toBe(1);
});

test("a composed word is told once", { tag: "@chromium" }, async ({ open }) => {
  const fake = await open(`<input id="t" on:input="0">`);
  await fake.page.locator("#t").focus();
  const cdp = await fake.context.newCDPSession(fake.page);
  await cdp.send("Input.imeSetComposition", { text: "に", selectionStart: 1, selectionEnd: 1 });
  await cdp.send("Input.insertText", { text: "日" });
  await fake.until(([kind]) => kind === "ev");
  // As browsers do that say after the composition that there was input.
  await fake.page.evaluate(() => {
    const input = document.querySelector("#t");
    input.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
    input.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true }));
    input.dispatchEvent(new InputEvent("input", { bubbles: true }));
    return new Promise((done) => setTimeout(done, 0));
  });
  await fake.heard();
  expect(fake.events().map(([, seq]) => seq)).toEqual([1, 2]);
});

test("typing that waits for a pause is neither overwritten nor cut short by other keys", async ({ open }) => {
  const html = (value) => `<input id="t" value="${value}" on:input="0" on:keyup="1" on:keydown="2" data-debounce="60000">`;
  const fake = await open(html(""));
  await fake.page.locator("#t").pressSequentially("ab");
  fake.draw(html("server"));
  await fake.heard();
  expect(await fake.page.locator("#t").inputValue()).toBe("ab");
  expect(fake.events().map(([, , , handler]) => handler)).toEqual(["2", "2"]);
  await fake.page.locator("#t").blur();
  await fake.until(([, , , , type]) => type === "keyup");
  expect(fake.events().slice(2).map(([, , , , type, { value }]) => [type, value])).toEqual([["input", "ab"], ["keyup", "ab"]]);
});

test("chosen files stay chosen while the page changes", async ({ open }) => {
  const html = (n) => `<form class="f${n}"><input id="f" type="file" name="f"><b>${n}</b></form>`;
  const fake = await open(html(1));
  await fake.page.locator("#f").setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("a") });
  fake.draw(html(2));
  await fake.heard();
  expect(await fake.page.evaluate(() => [...document.querySelector("#f").files].map((file) => file.name))).toEqual(["a.txt"]);
});

test("what comes with autofocus gets the focus, whatever had it", async ({ open }) => {
  const html = (more) => `<button on:click="0">Edit</button>${more}`;
  const fake = await open(html(""));
  await fake.page.getByRole("button").click();
  fake.draw(html('<input id="t" autofocus="">'), { a: 1 });
  await fake.heard();
  expect(await fake.page.evaluate(() => document.activeElement.id)).toBe("t");
});

test("a focus that the page moves and gives back is nobody's doing", async ({ open }) => {
  const item = (key) => `<li data-key="${key}"><input id="${key}" on:focus="0" on:blur="1"></li>`;
  const html = (keys) => `<ul>${[...keys].map(item).join("")}</ul>`;
  const fake = await open(html("abc"));
  // As in a browser that cannot move an element without taking it out.
  await fake.page.evaluate(() => { Element.prototype.moveBefore = undefined; });
  await fake.page.locator("#b").focus();
  await fake.until(([, seq]) => seq === 1);
  for (const keys of ["bca", "cab", "acb"]) {
    fake.draw(html(keys));
    await fake.heard();
    expect(await fake.page.evaluate(() => document.activeElement.id)).toBe("b");
  }
  expect(fake.events().map(([, , , , type]) => type)).toEqual(["focus"]);
});

test("a dialog that is closed by a key says so once; one that the server closes does not", async ({ open }) => {
  const html = (open) => `<dialog id="d" on:close="0"${open ? ' data-open=""' : ""}><input id="t"></dialog><button id="b">b</button>`;
  const fake = await open(html(false));
  const { page } = fake;
  await page.locator("#b").focus();
  fake.draw(html(true));
  await fake.heard();
  await page.locator("#t").focus();
  await page.keyboard.press("Escape");
  await fake.until(([kind]) => kind === "ev");
  fake.draw(html(false), { a: 1 });
  await fake.heard();
  expect(await page.evaluate(() => document.activeElement.id)).toBe("b");
  fake.draw(html(true));
  fake.draw(html(false));
  await fake.heard();
  await page.evaluate(() => new Promise((done) => setTimeout(done, 0)));
  await fake.heard();
  expect(fake.events("close").length).toBe(1);
});

test("an element is busy until the last of its events is done, and what the server says of it is left", async ({ open }) => {
  const html = (busy) => `<button id="a" on:click="0"${busy ? ' aria-busy="true"' : ""}>A</button>`;
  const fake = await open(html(false));
  const busy = () => fake.page.evaluate(() => document.querySelector("#a").hasAttribute("aria-busy"));
  await fake.page.locator("#a").click();
  await fake.page.locator("#a").click();
  await fake.until(([, seq]) => seq === 2);
  fake.say({ a: 1 });
  await fake.heard();
  expect(await busy()).toBe(true);
  fake.say({ a: 2 });
  await fake.heard();
  expect(await busy()).toBe(false);
  fake.draw(html(true));
  await fake.heard();
  await fake.page.locator("#a").click();
  await fake.until(([, seq]) => seq === 3);
  fake.say({ a: 3 });
  await fake.heard();
  expect(await busy()).toBe(true);
});

test("an item of a stream that changes keeps what is typed in it", async ({ open }) => {
  const item = (key, text) => `<li data-key="${key}"><b>${text}</b><input id="i${key}"></li>`;
  const fake = await open(`<ul data-stream="s">${item("a", "1")}</ul>`, { fits: false, join: { v: 1, h: '<ul data-stream="s"></ul>' } });
  const { page } = fake;
  fake.say({ i: [["s", "append", "b", item("b", "1")]] });
  await page.locator("#ia").pressSequentially("typed");
  await page.locator("#ib").pressSequentially("here");
  await page.evaluate(() => document.querySelector("#ib").setSelectionRange(1, 2));
  const seen = () => page.evaluate(() => {
    const [a, b] = [document.querySelector("#ia"), document.querySelector("#ib")];
    return [a.value, b.value, document.activeElement === b, b.selectionStart, b.selectionEnd, [...document.querySelectorAll("li")].map((li) => li.dataset.key + li.innerText).join(" ")];
  });
  fake.say({ i: [["s", "replace", "a", item("a", "2")], ["s", "replace", "b", item("b", "2")]] });
  await fake.heard();
  expect(await seen()).toEqual(["typed", "here", true, 1, 2, "a2 b2"]);
  fake.say({ i: [["s", "reset", "", item("c", "3") + item("b", "3") + item("a", "3")]] });
  await fake.heard();
  expect(await seen()).toEqual(["typed", "here", true, 1, 2, "c3 b3 a3"]);
  fake.say({ i: [["s", "prepend", "a", item("a", "4")]] });
  await fake.heard();
  expect(await seen()).toEqual(["typed", "here", true, 1, 2, "a4 c3 b3"]);
});

test("a choice that the server does not take is taken back when it has answered, not before", async ({ open }) => {
  const html = (n) => `<input id="c" type="checkbox" on:change="1"><input id="k" type="checkbox" checked="" on:click="2">
    <select id="s" on:change="3"><option value="a">a</option><option value="b" selected="">b</option></select>
    <input id="r1" type="radio" name="r" value="1" checked="" on:change="4"><input id="r2" type="radio" name="r" value="2" on:change="4">
    <input id="n" type="range" value="50" on:input="5"><b>${n}</b>`;
  const fake = await open(html(0));
  const { page } = fake;
  const seen = () => page.evaluate(() => {
    const of = (id) => document.getElementById(id);
    return [of("c").checked, of("k").checked, of("s").value, of("r2").checked, of("n").value];
  });
  const choose = [() => page.locator("#c").check(), () => page.locator("#k").uncheck(), () => page.locator("#s").selectOption("a"), () => page.locator("#r2").check(), () => page.locator("#n").fill("70")];
  const [chosen, refused] = [[true, false, "a", true, "70"], [false, true, "b", false, "50"]];
  for (const [nth, go] of choose.entries()) {
    await go();
    const { length } = await expect.poll(() => fake.events().length).toBeGreaterThan(nth).then(() => fake.events());
    const seq = fake.events()[length - 1][1];
    expect((await seen())[nth], `${nth} at first`).toBe(chosen[nth]);
    fake.draw(html(seq), { a: seq, w: [seq] });
    await fake.heard();
    expect((await seen())[nth], `${nth} while its handler works`).toBe(chosen[nth]);
    fake.say({ d: [seq] });
    await fake.heard();
    expect((await seen())[nth], `${nth} at last`).toBe(refused[nth]);
  }
});

test("what a form only checks stays as it was chosen, and a list of which nothing is marked too", async ({ open }) => {
  const html = (n) => `<form on:change="1"><input id="c" type="checkbox" name="c"><input id="d" type="checkbox" name="d" checked=""><b>${n}</b></form>
    <select id="s" on:change="2"><option value="a">a</option><option value="b">b</option></select>`;
  const fake = await open(html(0));
  await fake.page.locator("#c").check();
  await fake.page.locator("#d").uncheck();
  await fake.page.locator("#s").selectOption("b");
  await fake.until(([, seq]) => seq === 3);
  fake.draw(html(1), { a: 3 });
  await fake.heard();
  expect(await fake.page.evaluate(() => [document.querySelector("#c").checked, document.querySelector("#d").checked, document.querySelector("#s").value])).toEqual([true, false, "b"]);
});

test("after a break the server has had its say on what was chosen before", async ({ open }) => {
  const fake = await open(`<input id="c" type="checkbox" on:change="1">`);
  await fake.page.locator("#c").check();
  await fake.until(([, seq]) => seq === 1);
  fake.say({ a: 1, w: [1] });
  await fake.heard();
  await fake.socket.close({ code: 1012 });
  await expect.poll(() => fake.page.locator("#c").isChecked()).toBe(false);
});
