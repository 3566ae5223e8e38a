// <… data-refresh="20" hx-get="…" hx-trigger="refresh">: a `refresh` event every 20 seconds while the
// page is in sight, and at once when it comes back into sight. A final state is rendered without the
// attribute, and is left alone. Nothing is refreshed under the hands of somebody who is typing in it.

const last = new WeakMap();

function busy(element) {
  const active = document.activeElement;
  return element.contains(active) && active.matches("input, select, textarea");
}

function tick(atOnce = false) {
  if (document.hidden) return;
  const now = performance.now();
  for (const element of document.querySelectorAll("[data-refresh]")) {
    if (!last.has(element)) last.set(element, now);
    const due = last.get(element) + Number(element.dataset.refresh) * 1000;
    if ((atOnce || now >= due) && !busy(element)) {
      last.set(element, now);
      element.dispatchEvent(new CustomEvent("refresh"));
    }
  }
}

tick();
setInterval(tick, 500);
document.addEventListener("visibilitychange", () => tick(true));

// Nobody asked for it: the server must not take a refresh for a sign of life.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.triggeringEvent?.type === "refresh") event.detail.headers["X-Unattended"] = "1";
});
