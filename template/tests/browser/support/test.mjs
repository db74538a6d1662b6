// `test` with what the tests of the application are given; see https://playwright.dev/docs/test-fixtures.

import { expect } from "@playwright/test";

import { Application } from "./application.mjs";
import { test as base } from "./browser.mjs";
import { Problems } from "./problems.mjs";
import { TcpProxy } from "./tcp_proxy.mjs";

export { expect };

export const test = base.extend({
  // The process of `app`: it is started once for each worker, and stays for the next test.
  workerApp: [
    async ({}, use) => {
      const application = new Application();
      await use(application);
      await application.stop();
    },
    { scope: "worker" },
  ],

  // What the pages of a test have done that they may not. A test fails if something is in the list.
  problems: async ({ workerApp }, use, info) => {
    const problems = new Problems();
    await use(problems);
    if (info.status !== info.expectedStatus || problems.list.length > 0) {
      await info.attach("end of the application's log", { body: workerApp.log, contentType: "text/plain" });
    }
    expect(problems.list, "the pages have problems").toEqual([]);
  },

  // The application, which runs when a test begins, and may be stopped, killed and restarted by it.
  app: async ({ workerApp, problems }, use) => {
    workerApp.onEnd = () => problems.allowUnreachable();
    if (workerApp.port === undefined) await workerApp.start();
    await use(workerApp);
    if (workerApp.hasOwnSettings) await workerApp.stop();
  },

  // The network between `page` and the application.
  network: async ({ app, problems }, use) => {
    const network = await openNetwork(app, problems);
    await use(network);
    network.close();
  },

  baseURL: async ({ network }, use) => use(network.url),

  context: async ({ context, problems }, use) => {
    problems.watch(context);
    await use(context);
    await problems.settle(context);
  },

  // Opens a page for somebody else: in a browser profile and with a network of its own. It takes the options of
  // `browser.newContext`, and `latency` in ms, each way.
  newPage: async ({ app, browser, problems }, use) => {
    const opened = [];
    await use(async ({ latency, ...options } = {}) => {
      const network = await openNetwork(app, problems, latency);
      const context = await browser.newContext({ baseURL: network.url, ...options });
      opened.push({ context, network });
      problems.watch(context);
      return context.newPage();
    });
    for (const { context, network } of opened) {
      await problems.settle(context);
      await context.close();
      network.close();
    }
  },
});

async function openNetwork(app, problems, latency = 0) {
  const network = await new TcpProxy(() => app.port, latency).listen();
  network.onDisconnect = () => problems.allowUnreachable();
  return network;
}

/** Waits until a live page has its connection. */
export async function expectOnline(page) {
  await expect(page.locator("html")).toHaveAttribute("data-live", "online");
}

/** Goes to a live page, and waits until it has its connection. */
export async function goLive(page, path) {
  await page.goto(path);
  await expectOnline(page);
}
