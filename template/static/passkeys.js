// Passkeys: when a form with `data-passkey` is submitted, the browser is asked to make one ("create") or to use one ("get"),
// and the form is sent with the answer. The options come from the address in `data-begin`.

"use strict";

async function passkeyAnswer({ begin, passkey }) {
  if (!window.PublicKeyCredential?.parseCreationOptionsFromJSON) {
    throw new Error("This browser has no passkeys, or this page has no secure connection.");
  }
  const response = await fetch(begin, { method: "POST", headers: { accept: "application/json" } });
  if (response.redirected) {
    // The password is asked for first.
    location.assign(response.url);
    return undefined;
  }
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail);
  const credential =
    passkey === "create"
      ? await navigator.credentials.create({
          publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(body.publicKey),
        })
      : await navigator.credentials.get({
          publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(body.publicKey),
        });
  return JSON.stringify(credential);
}

document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    if (!form.dataset.passkey) return;
    event.preventDefault();
    event.stopPropagation();
    const status = form.querySelector("[data-passkey-error]");
    status.textContent = "";
    try {
      const answer = await passkeyAnswer(form.dataset);
      if (answer === undefined) return;
      form.elements.credential.value = answer;
      form.submit();
    } catch (error) {
      const text = {
        InvalidStateError: "This device has a passkey for your account already.",
        NotAllowedError: "No passkey was used.",
        SecurityError: "Passkeys work only at the address of this site. On your own machine, open it as localhost.",
      };
      status.textContent = text[error.name] ?? error.message;
    }
  },
  true,
);
