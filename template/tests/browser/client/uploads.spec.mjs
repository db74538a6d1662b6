// Uploads over a connection that is far away, or breaks.

import { expect, test } from "./test.mjs";

const KIB = 1024;
const PART = 32 * KIB;
const INPUT = `<input id="f" type="file" multiple="" on:upload="0" on:refused="1"><p>0</p>`;
const content = Buffer.from(Array.from({ length: 300_000 }, (_, at) => at % 251));
const parts = (fake) => fake.sent.filter((message) => Buffer.isBuffer(message));
const bytes = (fake) => parts(fake).reduce((sum, part) => sum + part.length - 8, 0);
const ups = (fake) => fake.sent.filter(([kind]) => kind === "up");
const isBusy = (fake) => fake.page.locator("#f").evaluate((input) => input.ariaBusy === "true");

/** A file is chosen, and the server takes it: it may be sent as far as `granted`. Returns the number of the upload. */
async function begin(fake, granted) {
  await fake.page.locator("#f").setInputFiles({ name: "a.bin", mimeType: "x", buffer: content });
  const [, seq, , , ref] = await fake.until(([kind]) => kind === "up");
  fake.say({ a: seq, w: [seq], ua: [[ref, 0, granted]] });
  return { seq, ref };
}

/** The connection breaks, and the next join is answered by `answer`. */
async function breaks(fake, answer) {
  const before = fake.sent.length;
  fake.join = answer;
  await fake.socket.close({ code: 1012 });
  await expect.poll(() => fake.sent.slice(before).some(([kind]) => kind === "join")).toBe(true);
  return fake.sent.slice(before).find(([kind]) => kind === "join")[1];
}

test("as many parts are under way as the server grants, and more with each that was taken", async ({ open }) => {
  const fake = await open(INPUT);
  const { ref } = await begin(fake, 4 * PART);
  await expect.poll(() => parts(fake).length).toBe(4);
  await fake.heard();
  expect(parts(fake).length, "no more than that").toBe(4);
  fake.say({ ua: [[ref, 2 * PART, 4 * PART]] });
  await expect.poll(() => parts(fake).length).toBe(6);
  fake.say({ ua: [[ref, 6 * PART, 1024 * KIB]] });
  await expect.poll(() => bytes(fake)).toBe(content.length);
  expect(Buffer.concat(parts(fake).map((part) => part.subarray(8))).equals(content)).toBe(true);
});

test("after a break the rest of an upload follows, and what was missed is made up for", async ({ open }) => {
  const fake = await open(INPUT);
  const { seq, ref } = await begin(fake, 4 * PART);
  await expect.poll(() => parts(fake).length).toBe(4);
  await fake.heard();
  // The join, the grant, and the call of `heard`.
  const received = 3;
  const missed = { v: 2, p: [INPUT.length - 5, 1, "1"], ua: [[ref, PART, 4 * PART]] };
  const join = await breaks(fake, { re: [[[ref, 3 * PART]], [missed]], v: 2, a: seq });
  expect([join.received, join.page]).toEqual([received, fake.sent[0][1].page]);
  await fake.page.waitForFunction(() => document.querySelector("p").textContent === "1");
  expect(await isBusy(fake), "it goes on").toBe(true);
  // Two more may be under way beyond the three that have come.
  await expect.poll(() => parts(fake).length).toBe(6);
  fake.say({ ua: [[ref, 5 * PART, 1024 * KIB]] });
  await expect.poll(() => bytes(fake)).toBe(content.length + PART);
  const all = parts(fake).map((part) => part.subarray(8));
  expect(Buffer.concat([...all.slice(0, 3), ...all.slice(4)]).equals(content)).toBe(true);
  fake.say({ d: [seq], ud: [ref] });
  await expect.poll(() => isBusy(fake)).toBe(false);
  expect(ups(fake).length).toBe(1);
});

test("where the server begins the page anew, the upload begins again, and where nothing takes it the person is told", async ({ open }) => {
  const fake = await open(INPUT);
  await begin(fake, 4 * PART);
  await expect.poll(() => parts(fake).length).toBe(4);
  await breaks(fake, { v: 1 });
  await expect.poll(() => ups(fake).length).toBe(2);
  await expect.poll(() => parts(fake).length, "its first part").toBe(5);
  expect(parts(fake)[4].subarray(8).equals(content.subarray(0, PART))).toBe(true);
  const [, seq] = ups(fake)[1];
  fake.say({ a: seq, w: [seq] });
  await fake.heard();
  await breaks(fake, { v: 1, h: INPUT.replace(` on:upload="0"`, "") });
  await fake.page.waitForFunction(() => document.querySelector("#f").validationMessage === "The connection was lost.");
  const [, , , handler, , { value }] = await fake.until(([kind, , , , type]) => kind === "ev" && type === "refused");
  expect([handler, value]).toEqual(["1", "The connection was lost."]);
});

test("what has been sent to its end is not sent again to a server that does not know it", async ({ open }) => {
  const fake = await open(INPUT);
  await begin(fake, 1024 * KIB);
  await expect.poll(() => bytes(fake)).toBe(content.length);
  await fake.heard();
  await breaks(fake, { v: 1 });
  await fake.page.waitForFunction(() => /may have arrived/.test(document.querySelector("#f").validationMessage));
  expect(ups(fake).length).toBe(1);
});
