// What a test is given: the application, and pages to look at it with.

import { randomUUID } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { launch } from "./browser.mjs";
import { Link } from "./link.mjs";
import { Problems } from "./problems.mjs";
import { Server } from "./server.mjs";

/** Who is in the seeds, `src/seed.rs`. Five wrong attempts lock her out: tests that get it wrong register somebody. */
export const ADA = { name: "Ada", email: "ada@example.com", password: "analytical engine" };

// Up to here a page is shown as on a phone.
const PHONE = 480;

export class App {
  #server = new Server();
  #browser;
  #problems = new Problems();
  #pages = new Map();

  // ---- The application

  /** Starts it: `port` (0, any), `env`. It runs already when a test begins. */
  async start(options) {
    await this.#server.start(options);
  }

  /** Stops it as a deploy does. That it cannot be reached is no problem from then on. */
  async stop() {
    this.#problems.allowUnreachable();
    await this.#server.stop();
  }

  /** Ends it as a crash does. */
  async kill() {
    this.#problems.allowUnreachable();
    await this.#server.kill();
  }

  /** Stops it and starts it again, with other settings if `options.env` says so. Pages find it where it was. */
  async restart(options) {
    await this.stop();
    await this.start(options);
  }

  /** The address of the application itself; a page has one of its own, see `link`. */
  get url() {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  // ---- Pages

  /**
   * A new page in a browser profile of its own: two pages are two people. All of it is optional:
   * - `javaScript`: false, for a browser without;
   * - `width`, `height`: of the window; up to 480 wide it is a phone;
   * - `colorScheme`: "light" or "dark";
   * - `latency`: how many ms everything takes to the application, and as many back;
   * - whatever else Playwright's `browser.newContext` takes, such as `timezoneId`, `locale`.
   */
  async page({ javaScript = true, width = 1280, height = 800, colorScheme = "light", latency = 0, ...more } = {}) {
    const link = await new Link(() => this.#server.port, latency).open();
    const phone = width <= PHONE;
    const context = await this.#browser.newContext({
      baseURL: link.url,
      javaScriptEnabled: javaScript,
      viewport: { width, height },
      isMobile: phone,
      hasTouch: phone,
      colorScheme,
      reducedMotion: "reduce",
      ...more,
    });
    context.on("page", (page) => this.#problems.watch(page));
    const page = await context.newPage();
    this.#pages.set(page, link);
    return page;
  }

  /** The wire between a page and the application: `latency` can be changed, `mend` ends what `cut` began. */
  link(page) {
    return this.#pages.get(page);
  }

  /** Takes the connection away from a page. That it cannot reach the application is no problem from then on. */
  cut(page) {
    this.#problems.allowUnreachable();
    this.link(page).cut();
  }

  /** Gives it back. */
  mend(page) {
    this.link(page).mend();
  }

  /** Lets a problem pass that the test is about: an error on the console, a request that fails. */
  allow(pattern) {
    this.#problems.allow(pattern);
  }

  /** What pages have done so far that they may not. */
  get problems() {
    return this.#problems.list;
  }

  /** Takes a picture of the whole page, if `--screenshots` says where to. */
  async screenshot(page, name) {
    const folder = process.env.SCREENSHOTS;
    if (!folder) return;
    await mkdir(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
  }

  // ---- People

  /** Registers somebody new by the form, which logs them in. */
  async register(page, { name = "Grace", password = "a compiler for words" } = {}) {
    const person = { name, email: `${randomUUID()}@example.com`, password };
    await page.goto("/register");
    await page.getByLabel("Name", { exact: true }).fill(person.name);
    await page.getByLabel("E-mail address").fill(person.email);
    await page.getByLabel("Password").fill(person.password);
    await page.getByRole("button", { name: "Make my account" }).click();
    await page.waitForURL("**/notes");
    return person;
  }

  /** Logs somebody in by the form. */
  async logIn(page, { email, password } = ADA) {
    await page.goto("/login");
    await page.getByLabel("E-mail address").fill(email);
    await page.getByLabel("Password").fill(password);
    await page.getByRole("main").getByRole("button", { name: "Log in" }).click();
    await page.waitForURL("**/notes");
  }

  // ---- For `test.mjs`

  /** Before a test: a browser, an application that runs, and no pages. */
  async begin() {
    this.#problems = new Problems();
    this.#browser ??= await launch();
    if (this.#server.port === undefined) await this.start();
  }

  /** After what a test does: everything that pages have reported has arrived. */
  async settle() {
    for (const page of this.#pages.keys()) await page.evaluate("0").catch(() => {});
  }

  /** Pictures of what is open. */
  async photograph(name) {
    let number = 0;
    for (const page of this.#pages.keys()) {
      number += 1;
      await this.screenshot(page, `${name}-${number}`).catch(() => {});
    }
  }

  /** The end of the application's log. */
  get log() {
    return this.#server.log;
  }

  /** After a test. */
  async end() {
    for (const [page, link] of this.#pages) {
      await page.context().close();
      link.close();
    }
    this.#pages.clear();
  }

  /** After all tests. */
  async close() {
    await this.#browser?.close();
    await this.#server.stop();
  }

  /** Where nothing can be waited for. */
  abandon() {
    this.#server.abandon();
  }
}
