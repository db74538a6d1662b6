// What a client meets at `/live` that is no page of ours, over a real connection.

import { request } from "node:http";

import { expect, test } from "./support/test.mjs";

/** Sends `messages` from a page of ours, and says with which code the connection ends. */
const end = (page, messages) =>
  page.evaluate(async (messages) => {
    const socket = new WebSocket("/live");
    const closed = new Promise((done) => { socket.onclose = ({ code }) => done(code); });
    await new Promise((done) => { socket.onopen = done; });
    for (const message of messages) socket.send(message);
    return closed;
  }, messages);

/** The status that answers an upgrade with these headers. */
const upgrade = (url, headers) =>
  new Promise((done, failed) => {
    const asked = request(`${url}/live`, {
      headers: {
        connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13",
        "sec-websocket-key": "AAECAwQFBgcICQoLDA0ODw==", ...headers,
      },
    });
    asked.on("response", (answer) => { answer.resume(); done(answer.statusCode); });
    asked.on("upgrade", (answer, socket) => { socket.destroy(); done(answer.statusCode); });
    asked.on("error", failed);
    asked.end();
  });

test("messages that are too large, too many or none of ours end the connection with a code", async ({ page }) => {
  await page.goto("/");
  const join = JSON.stringify(["join", { url: "/" }]);
  expect(await end(page, ["x".repeat(70_000)])).toBe(4002);
  expect(await end(page, [join, "x".repeat(70_000)])).toBe(4002);
  expect(await end(page, ["no json"])).toBe(4003);
  expect(await end(page, [join, '["ev",1]'])).toBe(4003);
  expect(await end(page, [join, ...Array.from({ length: 1000 }, () => '["ping"]')])).toBe(4001);
  // The page itself has not noticed.
  await page.getByRole("button", { name: "Clicked 0 times" }).click();
  await expect(page.getByText("Clicked 1 time")).toBeVisible();
});

test("only pages of this site may connect", async ({ app }) => {
  const own = new URL(app.url).host;
  expect(await upgrade(app.url, { origin: `http://${own}` })).toBe(101);
  for (const origin of ["http://evil.test", "null", `http://${own}.evil.test`, "http://127.0.0.1:1"]) {
    expect(await upgrade(app.url, { origin }), origin).toBe(403);
  }
});
