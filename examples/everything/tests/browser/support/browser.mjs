// Chromium, that of this machine, with a profile that is made for it and thrown away.

import { chromium } from "playwright-core";

/** Starts it. `CHROMIUM` says where it is; `CHROMIUM_FLAGS` is added to its arguments. */
export async function launch() {
  const executablePath = process.env.CHROMIUM;
  if (!executablePath) throw new Error("`CHROMIUM` is not set: run the tests with `cargo dev browser-test`");
  const root = process.getuid?.() === 0;
  return chromium.launch({
    executablePath,
    headless: !process.env.HEADED,
    // Chromium's sandbox refuses to work for root.
    chromiumSandbox: !root,
    args: [
      "--disable-gpu",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-quic",
      ...(process.env.CHROMIUM_FLAGS ?? "").split(" ").filter(Boolean),
    ],
  });
}
