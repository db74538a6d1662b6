// Logging in with a provider: `oidc-provider` of npm, on this machine. Its pages take any name and any password.

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";

import Provider from "oidc-provider";

import { expect, test as base } from "./support/test.mjs";

const CLIENT = { client_id: "application", client_secret: "known to both, in tests" };

const test = base.extend({
  // A provider, and the application with its settings. An account there has the address of its name at example.com.
  provider: async ({ app, network, problems }, use) => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const issuer = `http://127.0.0.1:${server.address().port}`;
    const provider = new Provider(issuer, {
      clients: [{ ...CLIENT, redirect_uris: [`${network.url}/login/oidc/callback`] }],
      claims: { email: ["email", "email_verified"], profile: ["name"] },
      cookies: { keys: [randomUUID()] },
      findAccount: (_, name) => ({
        accountId: name,
        claims: () => ({ sub: name, email: `${name}@example.com`, email_verified: true, name: "Grace" }),
      }),
    });
    server.on("request", provider.callback());
    // Its pages are not ours.
    problems.allow(new RegExp(issuer));
    const env = { APP_URL: network.url, OIDC_ISSUER: issuer, OIDC_NAME: "Example" };
    env.OIDC_CLIENT_ID = CLIENT.client_id;
    env.OIDC_CLIENT_SECRET = CLIENT.client_secret;
    await app.restart({ env });
    await use(provider);
    server.closeAllConnections();
    server.close();
  },
});

/** Fills the provider's form. */
async function signIn(page, name) {
  await page.getByPlaceholder("Enter any login").fill(name);
  await page.getByPlaceholder("and password").fill("any");
  await page.getByRole("button", { name: "Sign-in" }).click();
}

test("somebody registers, logs in and confirms who they are at a provider", async ({ page, provider }) => {
  expect(provider.issuer).toMatch(/^http/);
  const name = randomUUID();
  await page.goto("/login");
  await page.getByRole("button", { name: "Example" }).click();
  await signIn(page, name);
  // It asks for their consent, the first time.
  await page.getByRole("button", { name: "Continue" }).click();
  await page.waitForURL("**/notes");

  // The provider knows them now, and asks for nothing.
  await page.getByRole("button", { name: "Log out" }).click();
  await page.goto("/login");
  await page.getByRole("button", { name: "Example" }).click();
  await page.waitForURL("**/notes");
  await page.goto("/account/security");
  await expect(page.getByText(`${name}@example.com`)).toBeVisible();
  await expect(page.getByText("This is your only way to log in.")).toBeVisible();

  // For a confirmation they log in there again, whether they are known or not.
  await page.goto("/confirm-password?next=/account/password");
  await page.getByRole("button", { name: "Example" }).click();
  await signIn(page, name);
  await page.waitForURL("**/account/password");
});

test("who turns back at the provider is told so and is not logged in", async ({ page, provider }) => {
  expect(provider.issuer).toMatch(/^http/);
  await page.goto("/login");
  await page.getByRole("button", { name: "Example" }).click();
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.waitForURL("**/login/oidc/failed**");
  await page.goto("/notes");
  await page.waitForURL("**/login?**");
});
