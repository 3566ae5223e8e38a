// <form data-keep-typed="address of the step">: what was typed is kept when somebody leaves a field or the page.
// The server keeps it beside the draft and saves nothing; its answer says so behind "Saved …". Secret answers are
// not kept. Without a script "Finish later" does the same.

const form = document.querySelector("form[data-keep-typed]");
const place = document.querySelector("[data-typed-kept]");
const headers = { "X-Autosave": "1" };
let sent = JSON.stringify([...new FormData(form)]);
let leaving = false;
let timer;
let spoken = false;

function changed() {
  const now = JSON.stringify([...new FormData(form)]);
  if (now === sent) return false;
  sent = now;
  return true;
}

async function keep() {
  if (leaving || !changed()) return;
  try {
    // A sign-in that has ended answers with a way to the sign-in page, which is none to this.
    const answer = await fetch(form.dataset.keepTyped, {
      method: "POST", body: new FormData(form), headers, redirect: "manual",
    });
    if (!answer.ok) throw new Error(answer.status);
    const { words, said } = await answer.json();
    place.textContent = words;
    if (said && !spoken) document.dispatchEvent(new CustomEvent("announce", { detail: { message: said } }));
    spoken ||= Boolean(said);
  } catch {
    // Tried again when the next field is left.
    sent = "";
  }
}

// A moment later: the field may have been left for the button that sends the form.
form.addEventListener("change", () => {
  clearTimeout(timer);
  timer = setTimeout(keep, 400);
});
form.addEventListener("submit", () => {
  leaving = true;
  clearTimeout(timer);
});
window.addEventListener("pageshow", () => (leaving = false));
// Back, a link, a closed tab: the request outlives the page.
window.addEventListener("pagehide", () => {
  if (leaving || !changed()) return;
  fetch(form.dataset.keepTyped, { method: "POST", body: new FormData(form), headers, keepalive: true });
});
