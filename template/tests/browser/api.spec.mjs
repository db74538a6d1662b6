// A page of another site uses the API: the browser asks whether it may, and the application says so for the sites of its
// setting.

import { once } from "node:events";
import { createServer } from "node:http";

import { logIn } from "./support/people.mjs";
import { expect, test } from "./support/test.mjs";

/** Another site, with an empty page. */
async function openSite() {
  const server = createServer((_, answer) => {
    answer.setHeader("content-type", "text/html");
    answer.end("<!doctype html><title>Another site</title>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { url: `http://localhost:${server.address().port}`, close: () => server.close() };
}

/** Creates a note from within a page, and tells what the page can know of it. */
function createNote(page, api, token) {
  return page.evaluate(
    async ({ api, token }) => {
      const headers = {
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
        "idempotency-key": crypto.randomUUID(),
      };
      const request = { method: "POST", headers, body: JSON.stringify({ title: "From elsewhere" }) };
      const answer = await fetch(`${api}/api/notes`, request).catch((error) => ({ refused: error.name }));
      return answer.refused ?? [answer.status, answer.headers.get("location"), (await answer.json()).title];
    },
    { api, token },
  );
}

test("a page of a site of the setting uses the API with a token, and a page of another site does not", async ({
  app,
  baseURL,
  page,
  problems,
}) => {
  const [partner, stranger] = [await openSite(), await openSite()];
  await app.stop();
  await app.start({ env: { API_CORS_ORIGINS: `https://app.example.com, ${partner.url}` } });
  await logIn(page);
  await page.goto("/account/tokens");
  await page.getByLabel("Name", { exact: true }).fill("A page elsewhere");
  await page.getByLabel("Create, change and delete your notes").check();
  await page.getByRole("button", { name: "Make a token" }).click();
  const token = await page.locator("pre code").innerText();

  await page.goto(partner.url);
  const [status, location, title] = await createNote(page, baseURL, token);
  expect([status, title]).toEqual([201, "From elsewhere"]);
  expect(location).toMatch(/^\/api\/notes\//);

  problems.allow(/CORS|net::ERR_FAILED|NS_ERROR_DOM_BAD_URI|Cross-Origin/);
  await page.goto(stranger.url);
  expect(await createNote(page, baseURL, token)).toBe("TypeError");
  partner.close();
  stranger.close();
});
