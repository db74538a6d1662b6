// `test` with a page that has the client script and a server that says what a test wants it to. It needs no application.

import { readFile } from "node:fs/promises";

import { expect } from "@playwright/test";

import { test as base } from "../support/browser.mjs";

export { expect };

const SOURCES = new URL("../../../stack/live/src/", import.meta.url);
// As they are written, or with `LIVE_SCRIPT=minified` in the form of release builds.
const MINIFIED = process.env.LIVE_SCRIPT === "minified" && (await readFile(new URL("client.min.js", SOURCES), "utf8"));
const SCRIPT = await script();
const MODULE_NAMES = ["calls", "commands", "editable", "notices", "streams", "uploads", "visible"];
const OWN_MODULES = Object.fromEntries(await Promise.all(MODULE_NAMES.map(ownModule)));
const ORIGIN = "http://live.test";

/** The client script, of the files that `script.rs` puts together. */
async function script() {
  if (MINIFIED) return minified("live.js");
  const list = await readFile(new URL("script.rs", SOURCES), "utf8");
  const files = [...list.matchAll(/include_str!\("(client\/\w+\.js)"\)/g)].map(([, file]) => readFile(new URL(file, SOURCES), "utf8"));
  return `"use strict";(() => {\n${(await Promise.all(files)).join("")}})();`;
}

/** A module of the script, with its name. */
export async function ownModule(name) {
  return [name, MINIFIED ? minified(`live/${name}.js`) : await readFile(new URL(`client/modules/${name}.js`, SOURCES), "utf8")];
}

/** One of those in `client.min.js`, by its name. */
function minified(name) {
  const [, script] = MINIFIED.split(`\n// ${name} `);
  return script.slice(script.indexOf("\n")).split("\n// live")[0];
}

export const test = base.extend({
  /** Opens such a page, see `openFake`. */
  open: async ({ browser }, use) => {
    const contexts = [];
    await use(async (html, options) => {
      const context = await browser.newContext({ baseURL: ORIGIN });
      contexts.push(context);
      return openFake(context, html, options);
    });
    for (const context of contexts) await context.close();
  },
});

/**
 * A page that shows `html`. `sent` is what the script has said, `say` answers. `fits`: whether the hash is right.
 * `modules`: the texts of its elements' modules, by tag; an own one that is null never comes. `clock`: the page's time stands still until the test moves it by `page.clock`.
 */
async function openFake(context, html, { fits = true, join = { v: 1 }, path = "/", attributes = "", clock = false, modules: others = {} } = {}) {
  const modules = { ...OWN_MODULES, ...others };
  const page = await context.newPage();
  const fake = { page, context, sent: [], sockets: 0, socket: undefined, join, loads: 0 };
  const escape = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  if (clock) {
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(1000);
  }
  await context.route("**/*", async (route) => {
    const module = modules[new URL(route.request().url()).pathname.slice("/elements/".length)];
    if (module === null) return;
    if (module) return route.fulfill({ contentType: "text/javascript; charset=utf-8", body: module });
    if (route.request().resourceType() === "script") return route.fulfill({ contentType: "text/javascript; charset=utf-8", body: SCRIPT });
    fake.loads += 1;
    const body = `<!DOCTYPE html><title>Test</title>
      <meta name="elements" content="${escape(JSON.stringify(Object.fromEntries(Object.keys(modules).map((tag) => [tag, `/elements/${tag}`]))))}"><script src="/live.js" defer></script>
      <div id="live" data-hash="HASH" data-items="" data-state="${escape('{"x":1}')}" data-mac="first" ${attributes}>${html}</div>
      <p id="live-status" role="status"></p>`;
    // The hash is the script's own: that both sides agree on it is tested by vectors.
    const value = fits ? hash(html) : "none";
    return route.fulfill({ contentType: "text/html; charset=utf-8", body: body.replace("HASH", value) });
  });
  await context.routeWebSocket("**/live", (socket) => {
    fake.sockets += 1;
    fake.socket = socket;
    socket.onMessage((message) => {
      const parsed = typeof message === "string" ? JSON.parse(message) : message;
      fake.sent.push(parsed);
      if (parsed[0] === "join" && fake.join) socket.send(JSON.stringify(fake.join));
    });
  });
  fake.say = (message) => fake.socket.send(JSON.stringify(message));
  fake.text = html;
  /** Sends the page's next HTML as one splice. */
  fake.draw = (next, more = {}) => {
    const from = fake.text;
    fake.text = next;
    fake.version = (fake.version ?? 1) + 1;
    fake.say({ v: fake.version, p: [0, from.length, next], ...more });
  };
  /** Waits until the script has taken in everything that was said to it. */
  let calls = 1000;
  fake.heard = async () => {
    const call = (calls += 1);
    fake.say({ c: [[call, ["Date", ["now"]]]] });
    await fake.until(([kind, id]) => kind === "ret" && id === call);
  };
  /** Lets time pass on a page with a clock until it is online, in steps, so that the next connection opens in what is little time to it. */
  fake.comesBack = async () => {
    const step = async () => {
      await fake.page.clock.runFor(250);
      return fake.page.evaluate(() => document.documentElement.dataset.live);
    };
    await expect.poll(step, { intervals: [20] }).toBe("online");
  };
  /** Waits until the script has sent a message that `claim` likes. */
  fake.until = async (claim) => {
    await expect.poll(() => fake.sent.some(claim), { intervals: [10] }).toBe(true);
    return fake.sent.find(claim);
  };
  fake.events = (kind) => fake.sent.filter(([name, , , , type]) => name === "ev" && (!kind || type === kind));
  await page.goto(ORIGIN + path);
  // The modules that the page needs are there before anything is done with it.
  const marks = { commands: " do:", editable: " contenteditable", streams: " data-stream=", uploads: " on:upload=", visible: " on:visible=" };
  const needed = Object.entries(marks);
  const names = needed.filter(([name, mark]) => html.includes(mark) && modules[name] !== null).map(([name]) => name);
  await page.waitForFunction((names) => names.every((name) => window.heavyLive.loaded[name]), names);
  if (join) await page.waitForFunction(() => document.documentElement.dataset.live === "online");
  if (join && fits && !fake.sent[0][1].hash) throw new Error(`this is not how a browser writes it: ${html}`);
  return fake;
}

/** FNV-1a over UTF-16 code units, written again: the script's and the server's are compared with it. */
export function hash(text) {
  let value = 0x811c9dc5n;
  for (let at = 0; at < text.length; at += 1) value = ((value ^ BigInt(text.charCodeAt(at))) * 0x01000193n) & 0xffffffffn;
  return `${text.length.toString(36)}-${value.toString(16)}`;
}
