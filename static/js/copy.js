// Copy buttons: <button data-copy="text" data-copied-text="Copied">.

function select(button) {
  // No permission, or not a secure page: select the text, so that the keyboard can copy it.
  const text = button.previousElementSibling;
  if (text) getSelection().selectAllChildren(text);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    select(button);
    return;
  }
  button.dataset.copied = "";
  document.body.dispatchEvent(
    new CustomEvent("announce", { bubbles: true, detail: { message: button.dataset.copiedText } }),
  );
  setTimeout(() => delete button.dataset.copied, 2000);
});
