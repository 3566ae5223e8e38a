// Keeps the ticks of a form at the server: a moment after the last change, one request after the other, and once more
// when the page is left by a link, by Back or by closing it. The form's own buttons take the ticks along by themselves.

export function keeper(form) {
  let timer = 0;
  let saving = Promise.resolve();
  let unsaved = false;
  let leaving = false;

  function body() {
    const data = new FormData(form);
    data.set("act", "keep");
    return data;
  }

  async function keep() {
    if (leaving || !unsaved) return;
    unsaved = false;
    try {
      // A sign-in that has ended answers with a way to the sign-in page, which is none to this.
      const answer = await fetch(form.action, { method: "POST", body: body(), redirect: "manual" });
      if (answer.status !== 204) throw new Error(answer.status);
    } catch {
      // The boxes still say it: the next tick, or any button, brings it along.
      unsaved = true;
      document.dispatchEvent(new CustomEvent("htmx:sendError"));
    }
  }

  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  window.addEventListener("pagehide", () => {
    if (leaving || !unsaved) return;
    fetch(form.action, { method: "POST", body: body(), keepalive: true });
  });
  window.addEventListener("pageshow", () => (leaving = false));

  return () => {
    unsaved = true;
    clearTimeout(timer);
    // One after the other: what was ticked last must be kept last.
    timer = setTimeout(() => (saving = saving.then(keep)), 250);
  };
}
