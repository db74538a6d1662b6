// Measures the script time of a patch; `bench/patch.py` puts this beside the client tests of a generated project.

import { test } from "./test.mjs";

const ROWS = [10, 1_000, 12_000];
const PATCHES = 60;
const WARM_UP = 20;

test("script time", async ({ open }) => {
  test.setTimeout(600_000);
  for (const count of ROWS) {
    const row = (n) => `<tr><td>${n}</td><td>row ${n}</td><td>0</td></tr>`;
    const rows = Array.from({ length: count }, (_, n) => row(n));
    const [before, after] = [rows.slice(0, count / 2), rows.slice(count / 2 + 1)].map((part) => part.join(""));
    const cell = (digit) => `<td>${digit}</td>`;
    const start = `<header><h1>Table</h1></header><main><table><tbody>${before}<tr><td>x</td><td>y</td>`;
    const fake = await open(`${start}${cell(0)}</tr>${after}</tbody></table></main>`);
    const cdp = await fake.context.newCDPSession(fake.page);
    // Of the processor, so that others on the machine do not count.
    await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
    const seconds = async () => {
      const { metrics } = await cdp.send("Performance.getMetrics");
      return metrics.find(({ name }) => name === "ScriptDuration").value;
    };
    // What hears of the end is part of what is measured, and the same for all.
    const patch = async (version) => {
      fake.say({
        v: version,
        p: [start.length + 4, 1, String(version % 10)],
        ...(process.env.WHOLE ? {} : { e: [[start.length, cell(0).length, 1, 0, 0, count / 2, 2]] }),
      });
      await fake.heard();
    };
    for (let n = 1; n <= WARM_UP; n += 1) await patch(n + 1);
    const times = [];
    for (let n = 1; n <= PATCHES; n += 1) {
      const from = await seconds();
      await patch(WARM_UP + n + 1);
      times.push((await seconds()) - from);
    }
    const mean = times.reduce((sum, time) => sum + time) / PATCHES;
    const median = times.sort((a, b) => a - b)[PATCHES / 2];
    console.log(JSON.stringify({ rows: count, ms: median * 1000, mean: mean * 1000 }));
    await fake.page.close();
  }
});
