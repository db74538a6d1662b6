// Passkeys, with a virtual device of Chromium.

import { logIn, register } from "./support/people.mjs";
import { expect, goLive, test } from "./support/test.mjs";

test.skip(({ browserName }) => browserName !== "chromium", "only Chromium has virtual devices");

/** A device that verifies its user and knows whose passkeys it has. */
async function addDevice(page) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return (isUserVerified) => devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified });
}

// A passkey belongs to a name, and an address on the network is none.
test.use({ baseURL: async ({ network }, use) => use(network.url.replace("127.0.0.1", "localhost")) });

test("a passkey is added, logs in without a password, and is removed", async ({ page }) => {
  const setUserVerified = await addDevice(page);
  const person = await register(page);

  // By links, which load no document: the script is there.
  await page.getByRole("link", { name: person.name }).click();
  await page.getByRole("link", { name: /^Security/ }).click();
  await page.getByRole("link", { name: "Passkeys" }).click();
  await expect(page.getByText("None yet.")).toBeVisible();
  await page.getByLabel("Name").fill("My phone");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByText("not used yet")).toBeVisible();

  // The same device makes no second one.
  await page.getByLabel("Name").fill("Again");
  await page.getByRole("button", { name: "Add a passkey" }).click();
  await expect(page.getByText("This device has a passkey for your account already.")).toBeVisible();

  await page.getByRole("button", { name: "Log out" }).click();
  await page.getByRole("navigation").getByRole("link", { name: "Log in" }).click();
  await setUserVerified(false);
  await page.getByRole("button", { name: "Log in with a passkey" }).click();
  await expect(page.getByText("No passkey was used.")).toBeVisible();
  await setUserVerified(true);
  await page.getByRole("button", { name: "Log in with a passkey" }).click();
  await page.waitForURL("**/notes");

  await goLive(page, "/confirm-password?next=/account/passkeys");
  await page.getByRole("button", { name: "Use a passkey" }).click();
  await page.waitForURL("**/account/passkeys");
  await expect(page.getByText("last used")).toBeVisible();
  await page.getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("None yet.")).toBeVisible();

  await page.getByRole("button", { name: "Log out" }).click();
  await page.goto("/login");
  await page.getByRole("button", { name: "Log in with a passkey" }).click();
  await expect(page.getByText("was not accepted")).toBeVisible();
  await logIn(page, person);
});
