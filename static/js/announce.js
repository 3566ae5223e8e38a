// The events `announce` and `toast`, from scripts or from the HX-Trigger header of an answer.

const LIFE = 10_000;

document.addEventListener("announce", (event) => {
  const region = document.getElementById("announce");
  if (!region) return;
  // Emptied first: the same words a second time are news again.
  region.textContent = "";
  setTimeout(() => (region.textContent = event.detail.message), 50);
});

function live(toast) {
  // Ten seconds after the last time that somebody looked at it.
  let timer = setTimeout(() => toast.remove(), LIFE);
  const hold = () => clearTimeout(timer);
  const release = () => (timer = setTimeout(() => toast.remove(), LIFE));
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("pointerleave", release);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("focusout", release);
}

document.addEventListener("toast", (event) => {
  const { message, link, url } = event.detail;
  const content = document.querySelector("[data-toast-template]")?.content.cloneNode(true);
  if (!content) return;
  content.querySelector("[data-toast-text]").textContent = message;
  const anchor = content.querySelector("[data-toast-link]");
  if (link && url) Object.assign(anchor, { textContent: link, href: url, hidden: false });
  else anchor.remove();
  live(content.querySelector("[data-toast]"));
  document.querySelector("[data-toasts]").append(content);
});

document.addEventListener("click", (event) => {
  event.target.closest("[data-toast-close]")?.closest("[data-toast]").remove();
});

document.querySelectorAll("[data-toasts] [data-toast]").forEach(live);

// A status region that arrives with its text is often not read: say the first toast of the page again.
const first = document.querySelector("[data-toasts] [data-toast] > span, [data-toasts] [data-spoken]");
if (first) {
  const detail = { message: first.textContent };
  document.dispatchEvent(new CustomEvent("announce", { detail }));
}
