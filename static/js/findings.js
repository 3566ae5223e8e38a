// <button data-findings> in a form asks what is to be said of its fields when one of them is left (htmx).
// Where something is said already, typing asks again: a remark goes away while one mends the answer, and
// nobody is told off in the middle of a word. An answer that came too late is dropped, because the next is
// already on its way.

const wanted = new WeakMap();
const sent = new WeakMap();

const asking = (form) => form?.querySelector("[data-findings]");
const want = (form) => wanted.set(form, (wanted.get(form) ?? 0) + 1);

document.addEventListener("change", (event) => {
  if (asking(event.target.form)) want(event.target.form);
});

document.addEventListener("input", (event) => {
  const { form } = event.target;
  if (!asking(form)) return;
  const slot = event.target.closest(".field")?.querySelector(".findings");
  if (!slot?.firstElementChild) return;
  want(form);
  form.dispatchEvent(new CustomEvent("recheck"));
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  if (elt.matches("[data-findings]")) sent.set(elt.form, wanted.get(elt.form));
});

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { elt, xhr } = event.detail;
  if (!elt.matches("[data-findings]")) return;
  const isLate = sent.get(elt.form) !== wanted.get(elt.form);
  // Whoever's sign-in ended is told when they go on, not taken away from what they are typing.
  if (isLate || xhr.getResponseHeader("HX-Redirect")) event.preventDefault();
});
