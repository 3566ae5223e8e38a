// Passkeys: <form data-passkey="create|get">. Its button asks the browser, and the form then carries the answer
// in its field `credential`. The options stand in the page as JSON (#passkey-options), or are fetched when the
// button is pressed (data-options-from), because they are good for one try only.

import { read, write } from "./passkey-json.js";

async function optionsOf(form) {
  if (!form.dataset.optionsFrom) return JSON.parse(document.getElementById("passkey-options").textContent);
  const answer = await fetch(form.dataset.optionsFrom, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function create(form) {
  const publicKey = read((await optionsOf(form)).creation_options.publicKey);
  // It can sign in alone when it is kept in the device, and the device asks who is there.
  const alone = form.elements.passwordless.checked;
  const selection = { residentKey: alone ? "required" : "discouraged", requireResidentKey: alone };
  if (alone) selection.userVerification = "required";
  publicKey.authenticatorSelection = { ...publicKey.authenticatorSelection, ...selection };
  return navigator.credentials.create({ publicKey });
}

async function get(form) {
  return navigator.credentials.get({ publicKey: read((await optionsOf(form)).request_options.publicKey) });
}

function complain(form, kind) {
  const box = form.querySelector("[data-passkey-problem]");
  box.dataset.shown = kind;
  box.replaceChildren(form.querySelector(`[data-passkey-words="${kind}"]`).content.cloneNode(true));
}

const KINDS = { InvalidStateError: "known", NotAllowedError: "cancelled", AbortError: "cancelled" };

async function press(form, button) {
  if (form.dataset.elsewhere) return complain(form, "elsewhere");
  if (!window.PublicKeyCredential) return complain(form, "old");
  button.setAttribute("aria-disabled", "true");
  try {
    form.elements.credential.value = write(await (form.dataset.passkey === "create" ? create : get)(form));
    form.submit();
  } catch (error) {
    complain(form, KINDS[error.name] ?? "failed");
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = form.querySelector("[type=submit]");
    if (!button.hasAttribute("aria-disabled")) press(form, button);
  });
}
