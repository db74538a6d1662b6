// Links, back and forward, and what of a page survives or does not when another one takes its place.

import { expect, test } from "./test.mjs";

const html = (title, { height = 3000, more = "" } = {}) =>
  `<nav><a data-link="" id="next" href="/next">Next</a><a data-link="" id="to-part" href="/next#part">Part</a></nav>
  <main><h1>${title}</h1><p style="height:${height}px"></p><p id="part">Part</p>${more}</main>`;
const navs = (fake) => fake.sent.filter(([kind]) => kind === "nav");
const nav = (fake, seq) => fake.until(([kind, of]) => kind === "nav" && of === seq);
const click = (fake, id) => fake.page.evaluate((id) => document.getElementById(id).click(), id);
const mains = (fake) => fake.page.evaluate(() => [...document.querySelectorAll("main")].map((main) => main.querySelector("h1").textContent).join());
const scrolled = (fake) => fake.page.evaluate(() => Math.round(scrollY));

test("a page that was left for a shorter one is found where it was scrolled to", async ({ open }) => {
  const fake = await open(html("First"));
  await fake.page.evaluate(() => scrollTo(0, 900));
  await click(fake, "next");
  await nav(fake, 1);
  fake.draw(html("Second", { height: 10 }), { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  expect(await scrolled(fake)).toBe(0);
  await fake.page.goBack();
  await nav(fake, 2);
  fake.draw(html("First"), { a: 2, n: 1 });
  await fake.heard();
  expect(await scrolled(fake)).toBe(900);
});

test("whoever goes back twice at once lands where the second page was left", async ({ open }) => {
  const fake = await open(html("First"));
  const leave = async (at, seq, url) => {
    await fake.page.evaluate((at) => scrollTo(0, at), at);
    await click(fake, "next");
    await nav(fake, seq);
    fake.draw(html(url), { a: seq, n: 1, u: [url, "push"] });
    await fake.heard();
  };
  await leave(300, 1, "/second");
  await leave(500, 2, "/third");
  await fake.page.goBack();
  await nav(fake, 3);
  await fake.page.goBack();
  expect((await nav(fake, 4)).slice(0, 4)).toEqual(["nav", 4, "/", "pop"]);
  fake.draw(html("/second"), { a: 3, n: 1 });
  await fake.heard();
  expect(await scrolled(fake)).toBe(500);
  expect(await fake.page.evaluate(() => document.documentElement.getAttribute("aria-busy"))).toBe("true");
  fake.draw(html("First"), { a: 4, n: 1 });
  await fake.heard();
  expect(await scrolled(fake)).toBe(300);
  expect(await fake.page.evaluate(() => document.documentElement.hasAttribute("aria-busy"))).toBe(false);
});

test("a link to a part of a page leads to that part, and says so in the address", async ({ open }) => {
  const fake = await open(html("First"));
  await click(fake, "to-part");
  expect(await nav(fake, 1)).toEqual(["nav", 1, "/next", "push"]);
  fake.draw(html("Second"), { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  expect(new URL(fake.page.url()).hash).toBe("#part");
  expect(await scrolled(fake)).toBeGreaterThan(1000);
  // On the page itself it is the browser's business.
  await fake.page.evaluate(() => scrollTo(0, 0));
  await click(fake, "to-part");
  expect(await scrolled(fake)).toBeGreaterThan(1000);
  expect(navs(fake).length).toBe(1);
});

test("a link that was followed while the connection broke is followed after it", async ({ open }) => {
  const fake = await open(html("First"));
  await click(fake, "next");
  await nav(fake, 1);
  await fake.socket.close({ code: 1012 });
  expect(await nav(fake, 2)).toEqual(["nav", 2, "/next", "push"]);
  fake.draw(html("Second"), { a: 2, n: 1, u: ["/next", "push"] });
  await fake.heard();
  expect(new URL(fake.page.url()).pathname).toBe("/next");
  expect(fake.loads).toBe(1);
});

test("a way back that the connection broke off ends with the join", async ({ open }) => {
  const fake = await open(html("First"));
  await fake.page.evaluate(() => scrollTo(0, 700));
  await click(fake, "next");
  await nav(fake, 1);
  fake.draw(html("Second"), { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  fake.join = { v: 1, h: html("First again") };
  await fake.page.goBack();
  await nav(fake, 2);
  await fake.socket.close({ code: 1012 });
  const join = await fake.until(([kind, of]) => kind === "join" && of.again);
  expect(join[1].url).toBe("/");
  await fake.page.getByText("First again").waitFor();
  expect(await scrolled(fake)).toBe(700);
  expect(await mains(fake)).toBe("First again");
  expect(await fake.page.evaluate(() => document.documentElement.hasAttribute("aria-busy"))).toBe(false);
});

test("another page takes over nothing that was typed or opened; the same one with another query does", async ({ open }) => {
  const form = `<form><input name="q"><details><summary>s</summary>text</details></form>`;
  const around = (title) => `<header><input id="kept"></header>${html(title, { more: form })}`;
  const fake = await open(around("First"));
  const fill = () => fake.page.evaluate(() => {
    document.querySelector("main input").value = "typed";
    document.querySelector("details").open = true;
    document.querySelector("#kept").value = "kept";
  });
  const seen = () => fake.page.evaluate(() => [document.querySelector("main input").value, document.querySelector("details").open, document.querySelector("#kept").value]);
  await fill();
  await click(fake, "next");
  await nav(fake, 1);
  fake.draw(around("Second"), { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  expect(await seen()).toEqual(["", false, "kept"]);
  expect(await mains(fake)).toBe("Second");
  await fill();
  fake.draw(around("Third"), { n: 1, u: ["/next?page=2", "push"] });
  await fake.heard();
  expect(await seen()).toEqual(["typed", true, "kept"]);
  fake.draw(around("Fourth"), { u: ["/somewhere", "replace"] });
  await fake.heard();
  expect(await seen()).toEqual(["typed", true, "kept"]);
});

test("after a link the heading has the focus, or what asks for it", async ({ open }) => {
  const fake = await open(html("First"));
  const focused = () => fake.page.evaluate(() => document.activeElement.id || document.activeElement.nodeName);
  await click(fake, "next");
  await nav(fake, 1);
  fake.draw(html("Second"), { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  expect(await focused()).toBe("H1");
  fake.draw(html("Third", { more: '<input id="t" autofocus="">' }), { n: 1, u: ["/third", "push"] });
  await fake.heard();
  expect(await focused()).toBe("t");
});

test("a link with modifier keys is the browser's; one without a connection is loaded", async ({ open }) => {
  const fake = await open(html("First"));
  const prevented = (init) => fake.page.evaluate((init) => {
    let by;
    addEventListener("click", (event) => { by = event.defaultPrevented; event.preventDefault(); }, { once: true });
    document.querySelector("#next").dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...init }));
    return by;
  }, init);
  for (const key of ["ctrlKey", "metaKey", "shiftKey", "altKey"]) expect(await prevented({ [key]: true }), key).toBe(false);
  expect(await prevented({ button: 1 })).toBe(false);
  expect(navs(fake).length).toBe(0);
  fake.join = null;
  await fake.socket.close({ code: 1011 });
  await fake.page.waitForFunction(() => document.documentElement.dataset.live !== "online");
  await click(fake, "next");
  await fake.page.waitForURL("**/next");
  expect(fake.loads).toBe(2);
});

test("where the server leads, that goes into the history, and out of the page if need be", async ({ open }) => {
  const fake = await open(html("First"));
  const before = await fake.page.evaluate(() => history.length);
  fake.say({ u: ["/?page=2", "push"] });
  fake.say({ u: ["/?page=3", "replace"] });
  await fake.heard();
  expect(await fake.page.evaluate(() => [location.search, history.length])).toEqual(["?page=3", before + 1]);
  await fake.page.goBack();
  expect((await nav(fake, 1)).slice(0, 4)).toEqual(["nav", 1, "/", "pop"]);
  fake.say({ go: "/elsewhere" });
  await fake.page.waitForURL("**/elsewhere");
  expect(fake.loads).toBe(2);
});

test("Back brings the page's state, what was typed, and where it was scrolled to, however much of it there was", async ({ open }) => {
  const form = (rows) => html("First", { height: rows * 100, more: '<form><input name="t"><textarea name="b">\n</textarea><input name="p" type="password"><input type="checkbox" name="c"><select name="s"><option>a</option><option>b</option></select></form>' });
  const fake = await open(form(30));
  fake.draw(form(80), { S: '{"x":2}', m: "second" });
  await fake.heard();
  await fake.page.evaluate(() => {
    const [form] = document.forms;
    [form.elements.t.value, form.elements.b.value, form.elements.p.value] = ["typed", "two\nlines", "secret"];
    form.elements.c.checked = true;
    form.elements.s.value = "b";
    scrollTo(0, 7000);
  });
  await click(fake, "next");
  await nav(fake, 1);
  fake.draw(html("Second"), { a: 1, n: 1, u: ["/next", "push"], S: '{"x":3}', m: "third" });
  await fake.heard();
  await fake.page.goBack();
  expect(await nav(fake, 2)).toEqual(["nav", 2, "/", "pop", { state: '{"x":2}', mac: "second", streams: {} }]);
  fake.draw(form(80), { a: 2, n: 2, S: '{"x":2}', m: "second" });
  await fake.heard();
  const seen = () => fake.page.evaluate(() => {
    const { t, b, p, c, s } = document.forms[0].elements;
    return [t.value, b.value, p.value, c.checked, s.value, Math.round(scrollY)];
  });
  expect(await seen()).toEqual(["typed", "two\nlines", "", true, "b", 7000]);
  expect(await fake.page.evaluate(() => sessionStorage.getItem("live-entries") ?? "")).not.toContain("secret");
  await fake.page.goForward();
  expect(await nav(fake, 3)).toEqual(["nav", 3, "/next", "pop", { state: '{"x":3}', mac: "third", streams: {} }]);
});

test("what was typed comes back to nobody whose state the server does not take", async ({ open }) => {
  const form = html("First", { more: '<form><input name="t"></form>' });
  const fake = await open(form);
  await fake.page.evaluate(() => { document.forms[0].elements.t.value = "of somebody else"; });
  await click(fake, "next");
  await nav(fake, 1);
  fake.draw(html("Second"), { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  await fake.page.goBack();
  await nav(fake, 2);
  fake.draw(form, { a: 2, n: 1, S: "{}", m: "anew" });
  await fake.heard();
  expect(await fake.page.evaluate(() => document.forms[0].elements.t.value)).toBe("");
});

test("who listens to a field hears what came back to it", async ({ open }) => {
  const form = html("First", { more: '<form><input name="t" on:input="0"></form>' });
  const fake = await open(form);
  await fake.page.evaluate(() => { document.forms[0].elements.t.value = "again"; });
  await click(fake, "next");
  await nav(fake, 1);
  fake.draw(html("Second"), { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  await fake.page.goBack();
  await nav(fake, 2);
  fake.draw(form, { a: 2, n: 2 });
  const [, , , handler, , payload] = await fake.until(([kind, , , , type]) => kind === "ev" && type === "input");
  expect([handler, payload.value]).toEqual(["0", "again"]);
});

test("Back within a page's queries leads to the state of each; a part of the page is only scrolled to", async ({ open }) => {
  const fake = await open(html("First"));
  fake.draw(html("Second tab"), { u: ["/?tab=2", "push"], S: '{"x":2}', m: "second" });
  await fake.heard();
  await fake.page.evaluate(() => { location.hash = "part"; });
  await fake.page.waitForFunction(() => history.state?.live);
  fake.say({ S: '{"x":3}', m: "third" });
  await fake.heard();
  await fake.page.evaluate(() => history.back());
  await fake.page.waitForFunction(() => !location.hash);
  await fake.heard();
  expect(navs(fake).length).toBe(0);
  await fake.page.goBack();
  expect(await nav(fake, 1)).toEqual(["nav", 1, "/", "pop", { state: '{"x":1}', mac: "first", streams: {} }]);
});

test("Back without a connection is followed when there is one, by the state of the entry", async ({ open }) => {
  const fake = await open(html("First"));
  await click(fake, "next");
  await nav(fake, 1);
  fake.draw(html("Second"), { a: 1, n: 1, u: ["/next", "push"], S: '{"x":2}', m: "second" });
  await fake.heard();
  fake.join = null;
  await fake.socket.close({ code: 1012 });
  await fake.until(([kind, of]) => kind === "join" && of.again);
  await fake.page.goBack();
  fake.join = { v: 1, h: html("First again") };
  await fake.socket.close({ code: 1012 });
  await fake.page.getByText("First again").waitFor();
  const joins = fake.sent.filter(([kind]) => kind === "join");
  expect(joins.at(-1)[1]).toMatchObject({ url: "/", state: '{"x":1}', mac: "first" });
  expect(fake.loads).toBe(1);
});

// In Firefox the page comes out of the browser's memory, where the WebSocket that stands for the server is dead.
test("back from a page that is no live one, a page is as it was left; loaded again, it is new", { tag: "@chromium" }, async ({ open }) => {
  const form = html("First", { more: '<form><input name="t"></form>' });
  const fake = await open(form);
  fake.say({ S: '{"x":2}', m: "second" });
  await fake.heard();
  await fake.page.evaluate(() => { document.forms[0].elements.t.value = "typed"; scrollTo(0, 900); });
  fake.say({ go: "/elsewhere" });
  await fake.page.waitForURL("**/elsewhere");
  await fake.until(([kind, of]) => kind === "join" && of.url === "/elsewhere");
  const before = fake.sent.length;
  await fake.page.evaluate(() => history.back());
  const join = await fake.until((message) => message[0] === "join" && fake.sent.indexOf(message) >= before);
  expect(join[1]).toMatchObject({ url: "/", state: '{"x":2}', mac: "second" });
  await fake.page.waitForFunction(() => document.forms[0]?.elements.t.value === "typed" && Math.round(scrollY) === 900);
  const loaded = fake.sent.length;
  await fake.page.reload();
  const anew = await fake.until((message) => message[0] === "join" && fake.sent.indexOf(message) >= loaded);
  expect(anew[1]).toMatchObject({ state: '{"x":1}', mac: "first" });
});

test("what a stream shows is said on the way back and after a break", async ({ open }) => {
  const list = (title) => `<main><h1>${title}</h1><ul data-stream=":1"></ul></main><nav><a data-link="" id="next" href="/next">Next</a></nav>`;
  const item = (n) => [":1", "append", String(n), `<li data-key="${n}">${n}</li>`, 0];
  const fake = await open(list("First"));
  fake.say({ i: [1, 2, 3].map(item) });
  await fake.heard();
  await click(fake, "next");
  await nav(fake, 1);
  fake.draw(html("Second"), { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  await fake.page.goBack();
  const [, , , , entry] = await nav(fake, 2);
  expect(entry.streams).toEqual({ ":1": [3, "1", "3"] });
  fake.draw(list("First"), { a: 2, n: 2, i: [[":1", "reset", "", item(1)[3] + item(2)[3] + item(3)[3], 0]] });
  await fake.heard();
  await fake.socket.close({ code: 1012 });
  const join = await fake.until(([kind, of]) => kind === "join" && of.again);
  expect(join[1].streams).toEqual({ ":1": [3, "1", "3"] });
});

test("a stream with a limit loses at one end what it gets at the other", async ({ open }) => {
  const fake = await open('<ul data-stream=":1"></ul>');
  const keys = () => fake.page.evaluate(() => [...document.querySelectorAll("li")].map((item) => item.dataset.key).join(""));
  const item = (op, key, limit) => [":1", op, key, `<li data-key="${key}">${key}</li>`, limit];
  fake.say({ i: ["a", "b", "c", "d"].map((key) => item("append", key, 3)) });
  await fake.heard();
  expect(await keys()).toBe("bcd");
  fake.say({ i: [item("prepend", "a", 3), item("append", "a", 3), item("append", "e", 0)] });
  await fake.heard();
  expect(await keys()).toBe("bcae");
  fake.say({ i: [item("prepend", "z", 2)] });
  await fake.heard();
  expect(await keys()).toBe("zb");
});

test("what was saved on one page is told on the next in a place that was there before, and the heading has the focus", async ({ open }) => {
  const frame = (flash, title) => `<header>Site</header><div role="status">${flash}</div><main><h1>${title}</h1><button id="b">b</button></main>`;
  const fake = await open(frame("", "First"));
  const { page } = fake;
  await page.locator("#b").focus();
  await page.evaluate(() => { window.region = document.querySelector("[role=status]"); });
  fake.draw(frame("<p>Saved.</p>", "Second"), { n: 1, u: ["/second", "push"] });
  await fake.heard();
  expect(await page.evaluate(() => [document.querySelector("[role=status]") === window.region, window.region.innerText, document.activeElement.innerText])).toEqual([true, "Saved.", "Second"]);
});

test("after a link to a part of a page, that part has the focus", async ({ open }) => {
  const fake = await open(html("First"));
  await click(fake, "to-part");
  await nav(fake, 1);
  fake.draw(html("Second"), { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  expect(await fake.page.evaluate(() => document.activeElement.id)).toBe("part");
});

test("a link to a part whose name is no valid address leads to the page all the same", async ({ open }) => {
  const fake = await open(`<main><h1>First</h1><a data-link="" href="/next#100%" id="l">Next</a></main>`);
  await fake.page.locator("#l").click();
  await fake.until(([kind]) => kind === "nav");
  fake.draw(`<main><h1>Second</h1><p id="100%" tabindex="-1">all</p></main>`, { a: 1, n: 1, u: ["/next", "push"] });
  await fake.heard();
  expect(await fake.page.evaluate(() => [document.activeElement.id, location.hash])).toEqual(["100%", "#100%"]);
  expect(fake.sockets).toBe(1);
});

test("after Back the heading has the focus, unless what had it is still there", async ({ open }) => {
  const fake = await open(html("First"));
  const { page } = fake;
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.nodeName);
  for (const [seq, place, wanted] of [[1, "main h1", "H1"], [3, "#next", "next"]]) {
    await click(fake, "next");
    await nav(fake, seq);
    fake.draw(html("Second"), { a: seq, n: 1, u: ["/next", "push"] });
    await fake.heard();
    await page.locator(place).focus();
    await page.goBack();
    await nav(fake, seq + 1);
    fake.draw(html("First"), { a: seq + 1, n: 1 });
    await fake.heard();
    expect(await focused()).toBe(wanted);
  }
});

test("the answer to a form is shown at the address of its page, and joins there", async ({ open }) => {
  const attributes = 'data-url="/reset-password?token=1"';
  const fake = await open("<h1>Choose a new password</h1>", { path: "/reset-password", attributes });
  expect(fake.sent[0][1].url).toBe("/reset-password?token=1");
  expect(fake.page.url()).toContain("/reset-password?token=1");
  fake.draw("<h1>Choose another one</h1>");
  await fake.heard();
  expect(fake.loads).toBe(1);
});

test("the head says what the page says that is shown, and keeps what others have put there", async ({ open }) => {
  const fake = await open(html("First"));
  await fake.page.evaluate(() => {
    document.head.insertAdjacentHTML("beforeend", '<meta name="live-head" content="start"><meta name="description" content="one"><meta name="live-head" content="end"><style id="of-an-extension"></style>');
  });
  fake.say({ hd: '<meta name="description" content="two"><link rel="canonical" href="/next">' });
  await fake.heard();
  const seen = () => fake.page.evaluate(() => [...document.head.querySelectorAll("[name=description], [rel=canonical], #of-an-extension")].map((el) => el.content || el.rel || el.id).join());
  expect(await seen()).toBe("two,canonical,of-an-extension");
  fake.say({ hd: "" });
  await fake.heard();
  expect(await fake.page.evaluate(() => document.head.querySelectorAll("[name=description], [rel=canonical], #of-an-extension").length)).toBe(1);
});
