// What a debug build says of mistakes in a page, in the console and to the server, which writes it to the terminal.

import { expect, test } from "./test.mjs";

test.skip(process.env.LIVE_SCRIPT === "minified", "a release build has no warnings");

/** Draws `html` on an empty page; returns what is said of it, in the console and to the server. */
async function warningsOf(open, html, modules = {}) {
  const fake = await open("<p>p</p>", { modules });
  const console = [];
  fake.page.on("console", (message) => { if (message.type() === "warning") console.push(message.text()); });
  fake.draw(html);
  // This one is always told, after the others.
  fake.draw(`${html}<p on:last-of-all="1">p</p>`);
  const isLast = (words) => words.startsWith("No browser has the event of on:last-of-all");
  await fake.until(([kind, words]) => kind === "warn" && isLast(words));
  await fake.heard();
  const told = fake.sent.filter(([kind]) => kind === "warn").map(([, words]) => words).filter((words) => !isLast(words));
  for (const words of told) expect(console.join("\n")).toContain(words);
  return told;
}

test("siblings with one key or one id are told, once", async ({ open }) => {
  const told = await warningsOf(open, '<ul class="u"><li data-key="a">1</li><li data-key="a">2</li><li data-key="a">3</li></ul><p id="x">x</p><p id="x">x</p>');
  expect(told.length).toBe(2);
  expect(told.join()).toContain('data-key="a", in <ul class="u">');
  expect(told.join()).toContain('id="x"');
});

test("an event that no browser has is told, with the one that is meant", async ({ open }) => {
  const told = await warningsOf(open, '<button on:clik="1">b</button><p on:visible="2" on:upload="3" on:refused="6" on:toggle="4" on:focus="5">p</p>');
  expect(told).toEqual(['No browser has the event of on:clik, in <button on:clik="1">. Was click meant?']);
});

test("an event of an element of one's own is none of these", async ({ open }) => {
  expect(await warningsOf(open, '<div on:sorted="1"><my-list on:sort="2">x</my-list></div>')).toEqual([]);
});

test("HTML that a parser corrects is told, with the place", async ({ open }) => {
  const told = await warningsOf(open, "<div><p>one<div>two</div></p></div>");
  expect(told.length).toBe(1);
  expect(told[0]).toContain("<p>one<div>two</div>");
});

test("a page without mistakes is not talked about", async ({ open }) => {
  const html = `<ul><li data-key="a" id="x">1</li><li data-key="b">2</li></ul><table><tbody><tr><td>t</td></tr></tbody></table>
    <textarea>\n\na</textarea><svg viewBox="0 0 1 1"><path d="M0 0"></path></svg><select><option value="1">1</option><option value="1">1</option></select>
    <template><b>t</b></template><form><input name="children" on:input="1"><input name="attributes"></form>`;
  expect(await warningsOf(open, html)).toEqual([]);
});
