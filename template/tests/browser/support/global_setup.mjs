// Runs before all tests. Started by `cargo dev browser-test` they have an application and a database already. Started by
// an editor, or by `npx playwright test`, they have neither: then `cargo dev browser-test --environment` makes both, and
// keeps them until its input ends.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Returns what Playwright calls after all tests. */
export default async function globalSetup() {
  if (process.env.APP_BIN) return undefined;
  const cargo = spawn("cargo", ["dev", "browser-test", "--environment"], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(cargo, "exit");
  const line = once(createInterface(cargo.stdout), "line");
  const prepared = await Promise.race([line, ended.then(() => undefined)]);
  if (!prepared) throw new Error("there is no application to test; see the error above");
  const environment = JSON.parse(prepared[0]);
  const former = Object.keys(environment).map((name) => [name, process.env[name]]);
  Object.assign(process.env, environment);
  return async () => {
    // An editor runs tests more than once from one process.
    for (const [name, value] of former) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    cargo.stdin.end();
    await ended;
  };
}
