// What a page does without asking the server: `do:…`, as `Command` writes it.

import { expect, test } from "./test.mjs";

/** An attribute as the server writes it. */
const does = (kind, ...steps) => `do:${kind}="${JSON.stringify(steps).replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "\\u003c").replaceAll(">", "\\u003e")}"`;
const button = (steps, more = "") => `<button id="b" type="button" ${does("click", ...steps)}${more}>b</button>`;
const click = (fake) => fake.page.locator("#b").click();
const html = (fake, selector) => fake.page.locator(selector).evaluate((el) => el.outerHTML);
const focused = (fake) => fake.page.evaluate(() => document.activeElement.id);

const CHANGES = [
  ["shows", [["set", "#t", "hidden", null]], '<p id="t" hidden="">t</p>', '<p id="t">t</p>'],
  ["hides", [["set", "#t", "hidden", ""]], '<p id="t">t</p>', '<p id="t" hidden="">t</p>'],
  ["toggles what is shown", [["set", "#t", "hidden", "", null]], '<p id="t">t</p>', '<p id="t" hidden="">t</p>'],
  ["toggles what is hidden", [["set", "#t", "hidden", "", null]], '<p id="t" hidden="">t</p>', '<p id="t">t</p>'],
  ["adds a class", [["set", "#t", ".on", ""]], '<p id="t" class="a">t</p>', '<p id="t" class="a on">t</p>'],
  ["removes a class", [["set", "#t", ".on", null]], '<p id="t" class="a on">t</p>', '<p id="t" class="a">t</p>'],
  ["toggles a class", [["set", "#t", ".on", "", null]], '<p id="t" class="a on">t</p>', '<p id="t" class="a">t</p>'],
  ["alternates an attribute", [["set", "#t", "aria-expanded", "true", "false"]], '<p id="t" aria-expanded="true">t</p>', '<p id="t" aria-expanded="false">t</p>'],
  ["opens details", [["open", "#t", true]], '<details id="t"><summary>s</summary></details>', '<details id="t" open=""><summary>s</summary></details>'],
  ["puts a text where one is", [["set", "#t", "#text", "new"]], '<p id="t">t</p>', '<p id="t">new</p>'],
  ["puts a text where none is", [["set", "#t", "#text", "new"]], '<p id="t"></p>', '<p id="t">new</p>'],
];
for (const [what, steps, before, after] of CHANGES) {
  test(`a command ${what}: without a connection, and a patch around it leaves it`, async ({ open }) => {
    const fake = await open(button(steps) + before, { join: null });
    await click(fake);
    expect(await html(fake, "#t")).toBe(after);
    // The server knows another class and another neighbour by now.
    const more = (html) => html.replace("<p ", '<p title="new" ').replace("<details ", '<details title="new" ').replace('class="', 'class="new ');
    await fake.until(([kind]) => kind === "join");
    fake.say({ v: 1 });
    fake.draw(button(steps) + more(before) + "<b>more</b>");
    await fake.heard();
    expect(await fake.page.locator("b").innerText()).toBe("more");
    const sorted = (html) => html.match(/[\w-]+="[^"]*"|[\w-]+/g).map((part) => part.replace(/"(.*)"/, (_, list) => list.split(" ").sort().join(" "))).sort();
    expect(sorted(await html(fake, "#t"))).toEqual(sorted(more(after)));
    expect(fake.events()).toEqual([]);
  });
}

test("what a command has changed is the server's again when it changes its mind about the same", async ({ open }) => {
  const steps = [["set", "#t", ".on", ""], ["set", "#t", "#text", "here"], ["set", "#t", "title", "here"]];
  const page = (attributes, text) => `${button(steps)}<p id="t" ${attributes}>${text}</p>`;
  const fake = await open(page('class="a" title="1"', "t"));
  await click(fake);
  fake.draw(page('class="a on" title="2"', "u"));
  fake.draw(page('class="a" title="2"', "u"));
  await fake.heard();
  expect(await html(fake, "#t")).toBe('<p id="t" class="a" title="2">u</p>');
});

test("what a command has changed outlives a page that is drawn anew as a whole", async ({ open }) => {
  const steps = [["set", "#t", "hidden", null], ["set", "#t", "#text", "here"]];
  const page = (n) => `${button(steps)}<p id="t" hidden="">t</p><b>${n}</b>`;
  const fake = await open(page(1), { fits: false, join: { v: 1, h: page(1) } });
  await click(fake);
  // A message that cannot be applied.
  fake.join = { v: 3, h: page(2) };
  fake.say({ v: 2, i: [null] });
  await expect(fake.page.locator("b")).toHaveText("2");
  expect(await html(fake, "#t")).toBe('<p id="t">here</p>');
});

test("a dialog is opened as a modal one and closed, stays so while the page changes, and says that it was closed", async ({ open }) => {
  const page = (n) => `${button([["open", "#d", true]])}<dialog id="d" class="n${n}" on:close="7"><input id="i"><button id="c" type="button" ${does("click", ["open", ["closest", "dialog"], false])}>c</button></dialog>`;
  const fake = await open(page(1));
  const modal = () => fake.page.locator("#d").evaluate((el) => el.matches(":modal"));
  await click(fake);
  await fake.page.locator("#i").pressSequentially("typed");
  fake.draw(page(2));
  await fake.heard();
  expect(await modal()).toBe(true);
  expect(await fake.page.locator("#i").inputValue()).toBe("typed");
  await fake.page.locator("#c").click();
  expect(await modal()).toBe(false);
  await fake.until(([, , , handler]) => handler === "7");
  expect(await focused(fake), "the focus is where it was").toBe("b");
});

test("an element with popover is opened and closed", async ({ open }) => {
  const fake = await open(`${button([["open", "#p"]])}<div id="p" popover="manual">p</div>`);
  const shown = () => fake.page.locator("#p").evaluate((el) => el.matches(":popover-open"));
  await click(fake);
  expect(await shown()).toBe(true);
  await click(fake);
  expect(await shown()).toBe(false);
});

test("the focus goes where a command says, and a field's text is selected", async ({ open }) => {
  const fake = await open(`${button([["focus", "#i"], ["select", "#i"]])}<input id="i" value="text">`);
  await click(fake);
  expect(await focused(fake)).toBe("i");
  await fake.page.keyboard.type("x");
  expect(await fake.page.locator("#i").inputValue()).toBe("x");
});

test("a form is sent before it is reset, if the command says so", async ({ open }) => {
  const fake = await open(`<form on:submit="3" ${does("submit", ["send"], ["reset", []])}><input id="i" name="i"><button id="b">b</button></form>`);
  await fake.page.locator("#i").fill("text");
  await click(fake);
  const event = await fake.until(([, , , handler]) => handler === "3");
  expect(event[5].fields).toEqual([["i", "text"]]);
  expect(await fake.page.locator("#i").inputValue()).toBe("");
  expect(fake.events().length).toBe(1);
});

test("Enter sends and makes no line, Shift and Enter makes one, and the Enter that chooses a word does neither", async ({ open }) => {
  const keys = does("keydown", ["key", "Enter", [["requestSubmit", ["closest", "form"]]]]);
  const fake = await open(`<form on:submit="3"><textarea id="i" name="i" ${keys}>\n</textarea></form>`, { fits: false, join: { v: 1, h: `<form on:submit="3"><textarea id="i" name="i" ${keys}>\n</textarea></form>` } });
  const field = fake.page.locator("#i");
  await field.pressSequentially("one");
  await field.press("Shift+Enter");
  await field.pressSequentially("two");
  await field.evaluate((el) => el.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, isComposing: true })));
  await field.press("Enter");
  const event = await fake.until(([, , , handler]) => handler === "3");
  expect(event[5].fields.map(([, value]) => value.replaceAll("\r", ""))).toEqual(["one\ntwo"]);
  await fake.heard();
  expect(fake.events().length).toBe(1);
});

test("a text is copied, and what follows is done when it was", async ({ open }) => {
  const fake = await open(`${button([["copy", [["next", "code"]]], ["set", [], "#text", "Copied"], ["wait", 1], ["set", [], "#text", "b"], ["set", "#t", ".done", ""]])}<code id="t">cargo dev</code>`);
  await fake.page.evaluate(() => {
    const held = Promise.withResolvers();
    Object.assign(window, { held, copied: [] });
    Object.defineProperty(navigator, "clipboard", { value: { writeText: (text) => { window.copied.push(text); return held.promise; } } });
  });
  await click(fake);
  await fake.heard();
  expect(await html(fake, "#b")).toContain(">b<");
  await fake.page.evaluate(() => window.held.resolve());
  await fake.page.locator("#t.done").waitFor();
  expect(await fake.page.evaluate(() => window.copied)).toEqual(["cargo dev"]);
  expect(await html(fake, "#b")).toContain(">b<");
});

test("a text that cannot be copied is not said to be", async ({ open }) => {
  const fake = await open(button([["copy", "text"], ["set", [], "#text", "Copied"]]));
  const [message] = await Promise.all([fake.page.waitForEvent("console"), click(fake)]);
  // The page is on http, where browsers have no clipboard.
  expect(message.type()).toBe("error");
  expect(await html(fake, "#b")).toContain(">b<");
});

test("a value that is put into a field is heard of as if it had been typed", async ({ open }) => {
  const fake = await open(`${button([["value", "#i", "new"]])}<input id="i" on:input="4">`);
  await click(fake);
  const event = await fake.until(([, , , handler]) => handler === "4");
  expect(event[5].value).toBe("new");
});

test("an event of one's own is dispatched with its detail", async ({ open }) => {
  const fake = await open(`${button([["dispatch", "#t", "chart:zoom", { by: 2 }]])}<p id="t">t</p>`);
  await fake.page.evaluate(() => document.addEventListener("chart:zoom", (event) => { window.heard = [event.target.id, event.detail]; }));
  await click(fake);
  expect(await fake.page.evaluate(() => window.heard)).toEqual(["t", { by: 2 }]);
});

test("an element is scrolled into view", async ({ open }) => {
  const fake = await open(`${button([["scroll", "#t"]])}<svg width="10" height="5000"></svg><p id="t">t</p>`);
  await fake.page.emulateMedia({ reducedMotion: "reduce" });
  await click(fake);
  await expect(fake.page.locator("#t")).toBeInViewport();
});

test("targets are found from the element: around it, in it, after it and before it in a circle", async ({ open }) => {
  const item = (id) => `<li id="${id}"><button id="b${id}" type="button" ${does("click", ["set", ["closest", "li"], ".own", ""], ["set", ["closest", "li", "inner", "b"], ".in", ""], ["set", ["next", "ul li b"], ".next", ""], ["set", ["previous", "ul > li > b"], ".previous", ""])}>b</button><b id="t${id}">t</b></li>`;
  const fake = await open(`<ul>${["1", "2", "3"].map(item).join("")}</ul>`);
  const classes = () => fake.page.evaluate(() => Object.fromEntries([...document.querySelectorAll("[class]")].map((el) => [el.id, el.className])));
  await fake.page.locator("#b1").click();
  expect(await classes()).toEqual({ 1: "own", t1: "in next", t3: "previous" });
});

test("arrow keys move the focus in a circle", async ({ open }) => {
  const go = (key, way) => ["key", key, [["focus", ["focused", "", way, "[role=tab]"]]]];
  const tabs = ["1", "2", "3"].map((id) => `<button id="t${id}" type="button" role="tab">t</button>`).join("");
  const fake = await open(`<div role="tablist" ${does("keydown", go("ArrowRight", "next"), go("ArrowLeft", "previous"))}>${tabs}</div>`);
  await fake.page.locator("#t1").focus();
  const order = [];
  for (const key of ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowLeft"]) {
    await fake.page.keyboard.press(key);
    order.push(await focused(fake));
  }
  expect(order).toEqual(["t2", "t3", "t1", "t3"]);
});

test("what opens when it gets the focus closes when the focus leaves it, and not when it moves in it", async ({ open }) => {
  const fake = await open(`<div id="m" ${does("blur", ["leave", [["set", [], ".left", ""]]])}><input id="i"><input id="j"></div><input id="k">`);
  const left = () => fake.page.locator("#m").evaluate((el) => el.matches(".left"));
  await fake.page.locator("#i").focus();
  await fake.page.locator("#j").focus();
  expect(await left()).toBe(false);
  await fake.page.locator("#k").focus();
  expect(await left()).toBe(true);
});

test("a command comes before the event of the same element, and its question before both", async ({ open }) => {
  const fake = await open(button([["set", [], "value", "here"]], ' on:click="5" data-confirm="Sure?"'));
  const answers = [false, true];
  fake.page.on("dialog", (dialog) => (answers.shift() ? dialog.accept() : dialog.dismiss()));
  await click(fake);
  await fake.heard();
  expect(await html(fake, "#b")).not.toContain('value="here"');
  expect(fake.events()).toEqual([]);
  await click(fake);
  const event = await fake.until(([, , , handler]) => handler === "5");
  expect(event[5].value).toBe("here");
});

test("an outer handler hears of what an inner command does, unless it stops that", async ({ open }) => {
  const page = (steps) => `<div on:click="6">${button(steps)}</div>`;
  const fake = await open(page([["set", [], ".on", ""]]));
  await click(fake);
  await fake.until(([, , , handler]) => handler === "6");
  fake.draw(page([["set", [], ".on", "", null], ["stop"]]), { a: 1 });
  await fake.heard();
  await click(fake);
  await fake.heard();
  expect(await html(fake, "#b")).not.toContain('class="on"');
  expect(fake.events().length).toBe(1);
});

test("what is disabled does nothing", async ({ open }) => {
  const fake = await open(`<button id="b" type="button" aria-disabled="true" ${does("click", ["set", "#t", ".on", ""])}>b</button><p id="t">t</p>`);
  await fake.page.locator("#b").click({ force: true });
  expect(await html(fake, "#t")).toBe('<p id="t">t</p>');
});

for (const [what, text, expected] of [["accepts", "6", "6"], ["does not accept", "5", "5"], ["says otherwise", "9", "9"]]) {
  test(`what is expected of the server is shown until it has answered; then what it says stands: it ${what} it`, async ({ open }) => {
    const steps = [["expect", [["set", ["inner", "b"], "#text", "6"], ["set", [], ".liked", ""]]]];
    const page = (n) => `<button id="b" type="button" ${does("click", ...steps)} on:click="1">Like <b>${n}</b></button>`;
    const fake = await open(page(5));
    const shown = () => fake.page.locator("#b").evaluate((el) => [el.innerText, el.className]);
    await click(fake);
    expect(await shown()).toEqual(["Like 6", "liked"]);
    await fake.until(([kind]) => kind === "ev");
    fake.draw(page(text), { a: 1 });
    await fake.heard();
    expect(await shown()).toEqual([`Like ${expected}`, ""]);
  });
}

test("what is expected of an event that a lost connection leaves open is not shown any longer", async ({ open }) => {
  const fake = await open(`<button id="b" type="button" ${does("click", ["expect", [["set", [], "#text", "Sent"]]])} on:click="1">Send</button>`);
  await click(fake);
  await expect(fake.page.locator("#b")).toHaveText("Sent");
  await fake.until(([kind]) => kind === "ev");
  await fake.socket.close({ code: 1012 });
  await expect(fake.page.locator("#b")).toHaveText("Send");
});

test("a command that fails is told on the console, and the event is sent all the same", async ({ open }) => {
  const fake = await open(button([["focus", "no]selector"]], ' on:click="5"'));
  await fake.page.evaluate(() => { console.error = (error) => { window.told = String(error); }; });
  await click(fake);
  await fake.until(([, , , handler]) => handler === "5");
  expect(await fake.page.evaluate(() => window.told)).toContain("no]selector");
});

test("a link that the script follows does its command first", async ({ open }) => {
  const fake = await open(`<a id="b" href="/next" data-link="" ${does("click", ["set", "#t", "hidden", ""])}>b</a><p id="t">t</p>`);
  await click(fake);
  await fake.until(([kind, , url]) => kind === "nav" && url === "/next");
  expect(await html(fake, "#t")).toBe('<p id="t" hidden="">t</p>');
});
