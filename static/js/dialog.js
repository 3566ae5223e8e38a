// <a href="/the/page/" data-dialog="id"> opens the dialog of that id instead of the page with the same question.

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
  }
  event.target.closest("[data-dialog-close]")?.closest("dialog").close();
});

// <dialog open data-modal> says something at once: with a script it is modal and closes by Escape, too.
for (const dialog of document.querySelectorAll("dialog[open][data-modal]")) {
  dialog.close();
  dialog.showModal();
}
