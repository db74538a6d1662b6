// The connection: how it begins, breaks, comes back, and what is said twice.

import { setTimeout as sleep } from "node:timers/promises";

import { expect, test } from "./test.mjs";

const live = (page) => page.evaluate(() => document.documentElement.dataset.live);
const words = (page) => page.locator("#live-status").innerText();
const joins = (fake) => fake.sent.filter(([kind]) => kind === "join");

test("a page says what it shows and what it knows", async ({ open }) => {
  const fake = await open(`<textarea>\nx</textarea><ul data-stream="s"></ul>`, { path: "/a?b=c" });
  const [, { hash, tz, page, ...rest }] = joins(fake)[0];
  expect(rest).toEqual({ url: "/a?b=c", items: "", state: '{"x":1}', mac: "first", again: false, seen: 0, going: false, received: null });
  expect(page, "a name that nobody guesses").toMatch(/^[0-9a-f]{32}$/);
  expect(hash, "a newline that the parser drops is added again").not.toBe("");
  const zone = await fake.page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  expect(tz).toBe(zone);
  const [cookie] = (await fake.context.cookies()).filter(({ name }) => name === "tz");
  expect([cookie.value, cookie.path, cookie.sameSite]).toEqual([zone, "/", "Lax"]);
});

test("the state that was said last is said again, spliced or whole, with its MAC", async ({ open }) => {
  const fake = await open("<p>x</p>");
  fake.say({ S: '{"count":"🙂 1"}', m: "second" });
  fake.say({ s: [13, 1, "2"], m: "third" });
  await fake.heard();
  await fake.socket.close({ code: 1012 });
  const [, join] = await fake.until(([kind, of]) => kind === "join" && of.again);
  expect([join.state, join.mac]).toEqual(['{"count":"🙂 2"}', "third"]);
});

test("a page whose items were given with the first HTML still fits", async ({ open }) => {
  // The items of a stream are not part of the text that is compared.
  const fake = await open(`<ul data-stream="s"></ul>`);
  fake.say({ i: [["s", "reset", "", '<li data-key="a">a</li>']] });
  await fake.heard();
  const first = joins(fake)[0][1].hash;
  await fake.socket.close({ code: 1012 });
  const [, join] = await fake.until(([kind, of]) => kind === "join" && of.again);
  expect(join.hash).toBe(first);
});

test("the pauses between attempts grow, and an end of being offline or hidden shortens them", async ({ open }) => {
  const fake = await open("<p>x</p>", { clock: true });
  fake.join = null;
  const { clock } = fake.page;
  await fake.page.evaluate(() => {
    // Every attempt fails, and says when it was made.
    window.attempts = [];
    window.WebSocket = class {
      readyState = 3;
      constructor() {
        window.attempts.push(Date.now());
        setTimeout(() => this.onclose({ code: 1006 }), 0);
      }
      close() {}
    };
  });
  await fake.socket.close({ code: 1011 });
  await fake.page.waitForFunction(() => document.documentElement.dataset.live === "connecting");
  await clock.runFor(60_000);
  const attempts = await fake.page.evaluate(() => window.attempts);
  const pauses = attempts.slice(1).map((at, i) => at - attempts[i]);
  for (const [i, pause] of pauses.entries()) {
    const most = Math.min(10_000, 200 * 2 ** (i + 1));
    expect(pause, `pause ${i}`).toBeGreaterThanOrEqual(most / 2);
    expect(pause, `pause ${i}`).toBeLessThanOrEqual(most + 10);
  }
  expect(attempts.length).toBeGreaterThanOrEqual(10);
  expect(attempts.length).toBeLessThanOrEqual(20);
  expect(await live(fake.page)).toBe("offline");
  expect(await words(fake.page)).toBe("You are offline. Trying again…");
  for (const happens of [() => dispatchEvent(new Event("online")), () => document.dispatchEvent(new Event("visibilitychange"))]) {
    const before = await fake.page.evaluate(() => window.attempts.length);
    await fake.page.evaluate(happens);
    expect(await fake.page.evaluate(() => window.attempts.length)).toBe(before + 1);
    await clock.runFor(10);
  }
});

test("a short break is not called being offline", async ({ open }) => {
  const fake = await open("<p>x</p>", { clock: true });
  fake.join = null;
  await fake.socket.close({ code: 1012 });
  await fake.page.waitForFunction(() => document.documentElement.dataset.live === "connecting");
  await fake.page.clock.runFor(500);
  await fake.until(([kind, of]) => kind === "join" && of.again);
  expect(await live(fake.page)).toBe("connecting");
  fake.say({ v: 1 });
  await fake.heard();
  await fake.page.clock.runFor(5000);
  expect(await live(fake.page)).toBe("online");
  expect(await words(fake.page)).toBe("");
});

test("a network that comes back with its connection alive is online again", async ({ open }) => {
  const fake = await open("<p>x</p>");
  await fake.page.evaluate(() => dispatchEvent(new Event("offline")));
  expect(await live(fake.page)).toBe("offline");
  await fake.page.evaluate(() => dispatchEvent(new Event("online")));
  await fake.until(([kind]) => kind === "ping");
  fake.say({});
  await fake.page.waitForFunction(() => document.documentElement.dataset.live === "online");
  expect(await words(fake.page)).toBe("");
  expect(fake.sockets).toBe(1);
});

test("a connection on which nobody answers any more is given up", async ({ open }) => {
  const fake = await open("<p>x</p>", { clock: true });
  await fake.heard();
  const pings = () => fake.sent.filter(([kind]) => kind === "ping").length;
  await fake.page.clock.runFor(31_000);
  await fake.until(([kind]) => kind === "ping");
  expect(pings()).toBe(1);
  fake.say({});
  await fake.heard();
  await fake.page.clock.runFor(31_000);
  expect(pings()).toBe(2);
  expect(fake.sockets).toBe(1);
  // Step by step, so that the next connection is open in time.
  for (let second = 0; second < 20; second += 1) await fake.page.clock.runFor(1_000);
  await fake.until(([kind, of]) => kind === "join" && of.again);
  expect(fake.sockets).toBe(2);
});

test("a message that cannot be applied costs a new drawing, not the page", async ({ open }) => {
  const fake = await open(`<input id="t"><p>one</p>`);
  await fake.page.locator("#t").fill("typed");
  fake.join = { v: 1, h: `<input id="t"><p>two</p>` };
  await fake.page.evaluate(() => { document.querySelector("#live").prepend(document.createElement("aside")); });
  fake.socket.send("no JSON");
  const [, join] = await fake.until(([kind, of]) => kind === "join" && of.again);
  expect(join.hash).toBe("");
  await fake.page.getByText("two").waitFor();
  expect(await fake.page.locator("#t").inputValue()).toBe("typed");
});

test("what stands in a field is said again for each way in which it is listened to; a button of a group only if it is chosen", async ({ open }) => {
  const radio = (value) => `<input type="radio" name="r" id="${value}" value="${value}" on:change="2">`;
  const fake = await open(`<form><input id="t" on:input="0" on:change="1"><b>${radio("a")}${radio("b")}</b></form>`);
  await fake.page.locator("#t").pressSequentially("half");
  await fake.page.locator("#a").check();
  await fake.page.locator("#b").check();
  const [, last] = await fake.until(([kind, , , , type, payload]) => kind === "ev" && type === "change" && payload.value === "b");
  fake.say({ a: 1 });
  await fake.heard();
  fake.sent.length = 0;
  await fake.socket.close({ code: 1012 });
  await fake.until(([kind, , , , type, payload]) => kind === "ev" && type === "change" && payload.value === "b");
  expect(fake.events().map(([, seq, , handler, type, { value }]) => [seq, handler, type, value])).toEqual([[last + 1, "0", "input", "half"], [last + 2, "1", "change", "half"], [last + 3, "2", "change", "b"]]);
});

test("typing that was never said is said when there is somebody", async ({ open }) => {
  const fake = await open(`<input id="t" on:input="0" data-debounce="100">`, { join: null });
  await fake.page.locator("#t").fill("early");
  await fake.page.locator("#t").blur();
  await fake.until(([kind]) => kind === "join");
  expect(fake.events().length).toBe(0);
  fake.say({ v: 1 });
  const event = await fake.until(([kind]) => kind === "ev");
  expect(event[5].value).toBe("early");
});

test("a form that works without a connection is sent as such, another one is not", async ({ open }) => {
  const fake = await open(`<form id="p" method="post" action="/sent" on:submit="0"><button id="a">A</button></form><form id="q" on:submit="1"><button id="b">B</button></form>`);
  fake.join = null;
  await fake.socket.close({ code: 1011 });
  await fake.page.waitForFunction(() => document.documentElement.dataset.live !== "online");
  await fake.page.locator("#b").click();
  expect(new URL(fake.page.url()).pathname).toBe("/");
  const request = fake.page.waitForRequest((request) => request.method() === "POST");
  await fake.page.locator("#a").click();
  expect(new URL((await request).url()).pathname).toBe("/sent");
});

for (const [heard, say] of [
  ["that its place is another one", (fake) => fake.say({ go: "/elsewhere" })],
  ["that its session is over", (fake) => fake.socket.close({ code: 4004 })],
]) {
  test(`a form that is under way is answered, although the page hears ${heard}`, async ({ open }) => {
    const fake = await open('<form method="post" action="/sent"><button>Send</button></form>');
    const { page } = fake;
    let answer;
    const answered = new Promise((done) => { answer = done; });
    await fake.context.route("**/sent", async (route) => {
      await answered;
      await route.fulfill({ contentType: "text/html", body: "<h1>Answered</h1>" });
    });
    await page.getByRole("button").click({ noWaitAfter: true });
    say(fake);
    // It would go by now.
    await sleep(1200);
    answer();
    await expect(page.getByRole("heading")).toHaveText("Answered");
    expect(fake.loads).toBe(1);
  });
}

test("what is in view before anybody listens is told, and again each time it comes back", async ({ open }) => {
  const fake = await open(`<p id="space"></p><p id="v" on:visible="0">more</p>`, { join: null });
  await fake.until(([kind]) => kind === "join");
  await fake.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  fake.say({ v: 1 });
  await fake.until(([, seq]) => seq === 1);
  const [, , , handler, type] = fake.events()[0];
  expect([handler, type]).toEqual(["0", "visible"]);
  await fake.page.evaluate(() => { document.querySelector("#space").style.height = "5000px"; });
  await fake.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await fake.page.evaluate(() => document.querySelector("#v").scrollIntoView());
  await fake.until(([, seq]) => seq === 2);
});

test("a page that has stopped says so, and comes back when it is loaded again", async ({ open }) => {
  const fake = await open("<p>x</p>");
  fake.say({ err: "This page has stopped." });
  await fake.socket.close({ code: 1011 });
  const alert = fake.page.getByRole("alert");
  expect(await alert.innerText()).toMatch(/This page has stopped\./);
  expect(fake.sockets).toBe(1);
  await alert.getByRole("button").click();
  await fake.page.waitForFunction(() => performance.getEntriesByType("navigation")[0].type === "reload");
  expect(fake.loads).toBe(2);
});

test("an upload ends with its input, or a page that does not want it", async ({ open }) => {
  const html = (input) => `<p>${input ? `<input id="f" type="file" on:upload="0">` : ""}</p>`;
  const fake = await open(html(true));
  const file = { name: "a.bin", mimeType: "x", buffer: Buffer.alloc(100_000) };
  const choose = () => fake.page.locator("#f").setInputFiles(file);
  const up = (seq) => fake.until(([kind, of]) => kind === "up" && of === seq);
  await choose();
  await up(1);
  fake.say({ a: 1 });
  await fake.heard();
  expect(await fake.page.locator("#f").inputValue(), "acknowledged, and not begun").toBe("");
  await choose();
  const [, , , , ref] = await up(2);
  fake.say({ a: 2, w: [2] });
  fake.draw(html(false));
  fake.say({ ua: [[ref, 32 * 1024, 32 * 1024]] });
  expect(await fake.until(([kind]) => kind === "upx")).toEqual(["upx", ref]);
});

test("names that lead out of the page are refused in any disguise", async ({ open }) => {
  const fake = await open("<p>x</p>");
  let id = 0;
  for (const path of [[[["eval"], "1"]], ["document", [["constructor"]]], ["document", ["=", ["__proto__"], {}]], ["document", "__proto__"], [["setInterval", "1"]], [["importScripts"]], ["Object", "prototype"]]) {
    fake.say({ c: [[(id += 1), path]] });
    const [, , ok, why] = await fake.until(([kind, of]) => kind === "ret" && of === id);
    expect(ok, JSON.stringify(path)).toBe(false);
    expect(why, JSON.stringify(path)).toMatch(/cannot be called/);
  }
  fake.say({ c: [[(id += 1), ["document", "fonts", "ready", "status"]]] });
  expect(await fake.until(([kind, of]) => kind === "ret" && of === id)).toEqual(["ret", id, true, "loaded"]);
});

test("a page in another language has words of its own", async ({ open }) => {
  const fake = await open("<p>Hallo</p>");
  await fake.page.evaluate(() => { document.getElementById("live-status").dataset.offline = "Keine Verbindung."; });
  fake.join = null;
  await fake.socket.close({ code: 1011 });
  await expect(fake.page.locator("#live-status")).toHaveText("Keine Verbindung.");
});
