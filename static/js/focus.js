// Focus goes where reading should go on: to the summary of errors, or to a heading that was swapped in.
// A link of the summary goes to the control itself, with its label in sight.

function toMarked(root) {
  root.querySelector?.("[data-focus]")?.focus({ preventScroll: false });
}

toMarked(document);
document.addEventListener("htmx:afterSettle", (event) => {
  const target = event.detail.elt;
  if (target.matches?.("[data-focus]")) target.focus();
  else toMarked(target);
});

document.addEventListener("click", (event) => {
  const link = event.target.closest(".errors__list a[href^='#']");
  const control = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!control) return;
  event.preventDefault();
  control.closest(".field")?.scrollIntoView({ block: "start" });
  control.focus({ preventScroll: true });
});
