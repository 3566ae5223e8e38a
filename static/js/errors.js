// A request of htmx that failed becomes a visible message, with the reference of the server's answer.
// The words stand in the page (data-403, data-network …), so that they are translated.

const place = () => document.querySelector("[data-problem]");

function show(key, reference = "") {
  const box = place();
  const template = document.querySelector("[data-problem-template]");
  if (!box || !template || box.dataset.shown === key + reference) return;
  const content = template.content.cloneNode(true);
  content.querySelector("[data-problem-text]").textContent = box.dataset[key];
  const line = content.querySelector("[data-problem-reference]");
  line.hidden = !reference;
  line.textContent = `${box.dataset.reference}: ${reference}`;
  box.replaceChildren(content);
  box.dataset.shown = key + reference;
}

function hide() {
  const box = place();
  if (!box) return;
  box.replaceChildren();
  delete box.dataset.shown;
}

document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  const known = place()?.dataset[xhr.status] ? String(xhr.status) : "500";
  show(known, xhr.getResponseHeader("X-Request-ID") ?? "");
});
document.addEventListener("htmx:sendError", () => show("network"));
document.addEventListener("htmx:timeout", () => show("network"));
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && place()?.dataset.shown === "network") hide();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-problem-close]")) hide();
});
