// How a browser test is written:
//
//     browserTest("a note is found by its title", async (app) => {
//       const page = await app.page({ latency: 100 });
//       …
//     });
//
// Each file of tests is a process with a browser and an application of its own; they share the database.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { App } from "./app.mjs";

export { assert };

// Long enough for any machine: only a test that fails waits until then.
const PATIENCE = 15_000;
// Whoever waits for something without end must not stop everybody.
const FOREVER = 300_000;

const app = new App();
after(() => app.close());
process.on("exit", () => app.abandon());
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(1));

/** A test of the application in a browser. It fails as well if a page of it has problems, see `problems.mjs`. */
export function browserTest(name, body) {
  test(name, { timeout: FOREVER }, async () => {
    await app.begin();
    try {
      await body(app);
      await app.settle();
      assert.deepEqual(app.problems, [], "the pages have problems");
    } catch (error) {
      await app.photograph(`failed-${name.replaceAll(/[^\w]+/g, "-")}`);
      // What is shown of an error is its stack.
      error.stack += `\n\nproblems of the pages: ${app.problems.join("\n") || "none"}`;
      error.stack += `\n\nend of the application's log:\n${app.log}\n`;
      throw error;
    } finally {
      await app.end();
    }
  });
}

/** Repeats `claim` until it does not throw any more; what it throws in the end is the error. */
export async function eventually(claim) {
  const end = performance.now() + PATIENCE;
  for (;;) {
    try {
      return await claim();
    } catch (error) {
      if (performance.now() > end) throw error;
    }
    await sleep(50);
  }
}
