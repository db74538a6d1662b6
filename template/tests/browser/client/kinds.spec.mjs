// Kinds of events, and what stands beside them on an element.

import { expect, test } from "./test.mjs";

const of = (fake, kind) => fake.events(kind).map(([, , , handler, , payload]) => [handler, payload]);

test("a key that is listened for by name does nothing else, with those held that are named, once while it is held", async ({ open }) => {
  const fake = await open(`<textarea id="t" on:keydown="0" data-keys="Enter Ctrl+k">\n</textarea><input id="d" on:keydown="1" data-keys="x" data-default="">`);
  const { page } = fake;
  await page.locator("#t").press("a");
  await page.locator("#t").press("Enter");
  await page.locator("#t").press("Shift+Enter");
  await page.locator("#t").press("Control+k");
  await page.keyboard.down("Enter");
  await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  await page.locator("#d").press("x");
  await fake.until(([, , , handler]) => handler === "1");
  expect(of(fake, "keydown").map(([handler, { key }]) => [handler, key])).toEqual([["0", "Enter"], ["0", "k"], ["0", "Enter"], ["1", "x"]]);
  expect([await page.locator("#t").inputValue(), await page.locator("#d").inputValue()]).toEqual(["a\n", "x"]);
});

test("keys of the window are heard wherever the focus is, but not while somebody writes", async ({ open }) => {
  const fake = await open(`<input id="t"><p on:window-keydown="0" data-keys="/ Escape"></p>`);
  await fake.page.keyboard.press("/");
  await fake.page.locator("#t").press("/");
  await fake.page.locator("#t").press("Escape");
  await fake.until(([, seq]) => seq === 2);
  expect(of(fake).map(([, { key }]) => key)).toEqual(["/", "Escape"]);
  expect(await fake.page.locator("#t").inputValue()).toBe("/");
});

test("a click away is one outside of the element, while that can be seen", async ({ open }) => {
  const fake = await open(`<div on:click-away="0"><button id="in">In</button></div><div hidden="" on:click-away="1"></div><button id="out">Out</button>`);
  await fake.page.locator("#in").click();
  await fake.page.locator("#out").click();
  await fake.until(([kind]) => kind === "ev");
  await fake.heard();
  expect(of(fake).map(([handler]) => handler)).toEqual(["0"]);
});

test("what is throttled goes at once, then the last of each interval", async ({ open }) => {
  const fake = await open(`<input id="t" on:input="0" data-throttle="1000">`, { clock: true });
  const type = (value) => fake.page.evaluate((value) => {
    const input = document.querySelector("#t");
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }, value);
  for (const value of ["a", "ab", "abc"]) await type(value);
  await fake.heard();
  expect(of(fake).map(([, { value }]) => value)).toEqual(["a"]);
  await fake.page.clock.runFor(1100);
  await fake.heard();
  expect(of(fake).map(([, { value }]) => value)).toEqual(["a", "abc"]);
});

test("paste, reset, toggle and the pointer say what they are about", async ({ open }) => {
  const fake = await open(`<form on:reset="0"><input id="t" on:paste="1"><button type="reset">Reset</button></form><input id="from" value="pasted">
    <details on:toggle="2"><summary>More</summary></details><div id="p" on:pointerdown="3" style="width:50px;height:50px"></div>`);
  const { page } = fake;
  await page.locator("#from").focus();
  for (const key of ["a", "c"]) await page.keyboard.press(`ControlOrMeta+${key}`);
  await page.locator("#t").focus();
  await page.keyboard.press("ControlOrMeta+v");
  await page.getByRole("button").click();
  await page.getByText("More").click();
  await page.locator("#p").click({ position: { x: 10, y: 20 } });
  await fake.until(([, , , handler]) => handler === "3");
  expect(of(fake, "paste")[0][1].text).toBe("pasted");
  expect(of(fake, "reset").length).toBe(1);
  expect(of(fake, "toggle")[0][1].open).toBe(true);
  expect(of(fake, "pointerdown")[0][1]).toEqual({ x: 10, y: 20 });
});

// A Firefox that is driven drags, but never lets go.
test("what is dropped says what was dragged", { tag: "@chromium" }, async ({ open }) => {
  const fake = await open(`<p draggable="true" data-card="7">Card</p><div id="to" on:drop="0" data-column="done" style="height:50px">Done</div>`);
  await fake.page.getByText("Card").dragTo(fake.page.locator("#to"));
  const [, , , , kind, payload] = await fake.until(([type]) => type === "ev");
  expect([kind, payload.data, payload.dragged]).toEqual(["drop", { column: "done" }, { card: "7" }]);
});

test("a button that is to be clicked once is, until its handler is done", async ({ open }) => {
  const fake = await open(`<button on:click="0" data-once="">Pay</button><button on:click="1">More</button>`);
  await fake.page.getByText("Pay").dblclick();
  await fake.page.getByText("More").dblclick();
  await fake.until(([, seq]) => seq === 3);
  expect(of(fake).map(([handler]) => handler)).toEqual(["0", "1", "1"]);
  fake.say({ a: 3 });
  await fake.heard();
  await fake.page.getByText("Pay").click();
  await fake.until(([, seq]) => seq === 4);
});

test("what was said of a field is said again after a break while it stands there", async ({ open }) => {
  const fake = await open(`<input id="t" on:input="0"><input id="u" on:change="1" value="server">`);
  await fake.page.locator("#t").fill("typed");
  await fake.page.locator("#u").fill("x");
  await fake.page.locator("#u").fill("server");
  await fake.page.locator("#u").blur();
  await fake.until(([, seq]) => seq === 1);
  fake.say({ a: 2 });
  await fake.heard();
  fake.sent.length = 0;
  await fake.socket.close({ code: 1012 });
  const event = await fake.until(([kind]) => kind === "ev");
  await fake.heard();
  expect([event[3], event[5].value]).toEqual(["0", "typed"]);
  expect(fake.events().length).toBe(1);
});
