// Modules of the script, which come when a page needs them: what happens meanwhile is not lost.

import { expect, ownModule, test } from "./test.mjs";

const BUTTON = `<button id="b" do:click='[["set",["closest","button"],".open",""],["send"]]' on:click="0">B</button>`;
const [, COMMANDS] = await ownModule("commands");
const [, STREAMS] = await ownModule("streams");

/** Modules that come when `go` is called, in place of what they are in `modules`. */
async function late(fake, name, text) {
  let go;
  const gone = new Promise((done) => { go = done; });
  await fake.context.route(`**/elements/${name}`, async (route) => {
    await gone;
    await route.fulfill({ contentType: "text/javascript; charset=utf-8", body: text });
  });
  return go;
}

test("a page without need of a module loads none", async ({ open }) => {
  const fake = await open("<p>x</p>");
  expect(await fake.page.evaluate(() => Object.keys(window.heavyLive.loaded))).toEqual([]);
});

test("a click on a command waits for the module of commands, and is sent once", async ({ open }) => {
  const fake = await open(`<p>none</p>`);
  const go = await late(fake, "commands", COMMANDS);
  fake.draw(BUTTON);
  await fake.heard();
  await fake.page.locator("#b").click();
  expect(fake.events()).toEqual([]);
  go();
  await fake.until(([kind]) => kind === "ev");
  await expect(fake.page.locator("#b")).toHaveClass("open");
  await fake.heard();
  expect(fake.events("click").length).toBe(1);
});

test("messages wait for the module that one of them needs, and keep their order", async ({ open }) => {
  const fake = await open(`<p>one</p>`);
  const go = await late(fake, "streams", STREAMS);
  fake.draw(`<p>two</p><ul data-stream="s"></ul>`, { i: [["s", "append", "a", '<li data-key="a">A</li>', 0]] });
  fake.draw(`<p>three</p><ul data-stream="s"></ul>`, { i: [["s", "append", "b", '<li data-key="b">B</li>', 0]] });
  await fake.page.waitForTimeout(50);
  expect(await fake.page.locator("#live p").innerText()).toBe("one");
  go();
  await expect(fake.page.locator("#live p")).toHaveText("three");
  expect(await fake.page.locator("li").allInnerTexts()).toEqual(["A", "B"]);
});

test("a module that could not be had is asked for again", async ({ open }) => {
  const fake = await open(`<p>none</p>`);
  let asked = 0;
  await fake.context.route("**/elements/commands*", (route) => {
    asked += 1;
    return asked < 2 ? route.abort() : route.fulfill({ contentType: "text/javascript; charset=utf-8", body: COMMANDS });
  });
  fake.draw(BUTTON);
  await fake.heard();
  await fake.page.locator("#b").click();
  await fake.until(([kind]) => kind === "ev");
  expect(asked).toBe(2);
});
