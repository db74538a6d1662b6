// How much is said at once, and in which form.

import { expect, test } from "./test.mjs";

const parts = (fake) => fake.sent.filter((message) => Buffer.isBuffer(message));

test("a long text goes in parts, with its characters whole", async ({ open }) => {
  const fake = await open(`<form on:submit="0"><textarea id="t" name="t">\n</textarea><button>Save</button></form>`);
  const text = "𝕏".repeat(19_000);
  await fake.page.locator("#t").fill(text);
  await fake.page.getByRole("button").click();
  await fake.until(() => parts(fake).length === 3);
  const frames = parts(fake).map((frame) => [frame.readUInt32BE(0), frame.readUInt32BE(4), frame.subarray(8)]);
  expect(frames.map(([upload, , part]) => [upload, part.length <= 32 * 1024])).toEqual(Array(3).fill([0, true]));
  expect(frames.map(([, left]) => left)).toEqual([frames[1][2].length + frames[2][2].length, frames[2][2].length, 0]);
  const [kind, seq, , handler, type, payload] = JSON.parse(Buffer.concat(frames.map(([, , part]) => part)).toString());
  expect([kind, seq, handler, type, payload.fields[0][1] === text]).toEqual(["ev", 1, "0", "submit", true]);
});

test("a text that is too long is told at its field, and stays", async ({ open }) => {
  const fake = await open(`<form on:submit="0"><input name="a" value="a"><textarea id="t" name="t">\n</textarea><button>Save</button></form>`);
  await fake.page.evaluate(() => document.querySelector("#live").setAttribute("data-most", "50000"));
  await fake.page.locator("#t").fill("x".repeat(60_000));
  await fake.page.getByRole("button").click();
  await expect(fake.page.locator("#t + .live-notice")).toHaveText("This is too long to be sent: 59 kB, and at most 49 kB can be. Please shorten it.");
  await expect(fake.page.getByRole("alert")).toBeVisible();
  expect(fake.events().length + parts(fake).length).toBe(0);
  expect((await fake.page.locator("#t").inputValue()).length).toBe(60_000);
  await expect(fake.page.getByRole("button")).not.toHaveAttribute("aria-disabled");
  await fake.page.locator("#t").fill("short");
  await expect(fake.page.locator(".live-notice")).toHaveCount(0);
  await fake.page.getByRole("button").click();
  const event = await fake.until(([kind]) => kind === "ev");
  expect(event[5].fields).toEqual([["a", "a"], ["t", "short"]]);
});

test("three hundred inputs at once are fewer events than the server takes, and the last one is among them", async ({ open }) => {
  const fake = await open(`<input id="t" on:input="0"><button on:click="1">B</button>`, { clock: true });
  await fake.page.evaluate(() => {
    const input = document.querySelector("#t");
    for (let n = 1; n <= 300; n += 1) {
      input.value = String(n);
      input.dispatchEvent(new Event("input", { bubbles: true }));
      if (n > 270) document.querySelector("button").click();
    }
  });
  await fake.heard();
  expect(fake.events().length).toBeLessThanOrEqual(100);
  await fake.page.clock.runFor(2000);
  await fake.until(([kind, , , , type]) => kind === "ev" && type === "click");
  await fake.heard();
  const inputs = fake.events("input");
  expect(inputs.at(-1)[5].value).toBe("300");
  expect(fake.events("click").length, "each click counts").toBe(30);
  expect(fake.events().map(([, seq]) => seq)).toEqual(fake.events().map((_, at) => at + 1));
});

test("half of a character, as a keyboard writes it for a moment, is no reason to refuse what it stands in", async ({ open }) => {
  const fake = await open(`<input id="t" on:input="0">`);
  await fake.page.evaluate(() => {
    const input = document.querySelector("#t");
    input.value = "a\ud83d \\ud83d";
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const event = await fake.until(([kind]) => kind === "ev");
  expect(event[5].value).toBe("a\ufffd \\ud83d");
});
