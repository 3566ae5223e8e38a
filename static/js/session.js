// Asks before a sign-in ends, and says when it has ended. The server decides: other tabs count too, so it is
// asked before anything is shown. The page's own clock runs on while the computer sleeps.

import { countDown, dialog, show, typed } from "./session-dialog.js";

const warning = Number(dialog.dataset.warning) * 1000;
let end = Date.now() + Number(dialog.dataset.seconds) * 1000;
let asking = false;
let over = false;
// The absolute limit cannot be moved: said once is enough.
let dismissed = false;

function finish() {
  over = true;
  // Leaving would lose what was typed; the server keeps it when it is sent.
  if (typed()) return show("over");
  location.assign(`${dialog.dataset.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`);
}

// What is left now: { seconds, extendable }; undefined without an answer: the next tick asks again.
async function ask(options) {
  asking = true;
  try {
    const answer = await fetch(dialog.querySelector("form").action, options);
    const left = answer.ok ? await answer.json() : undefined;
    if (left) end = Date.now() + left.seconds * 1000;
    if (left?.seconds <= 0) finish();
    return left;
  } catch {
    return undefined;
  } finally {
    asking = false;
  }
}

async function tick() {
  if (over || asking) return;
  const left = end - Date.now();
  countDown(left);
  if (left > warning) dismissed = false;
  if (left > warning || ((dialog.open || dismissed) && left > 0)) return;
  const now = await ask({ headers: { "X-Unattended": "1" } });
  if (!now || over) return;
  countDown(end - Date.now());
  if (now.seconds * 1000 > warning) dialog.close();
  else if (!dismissed) show(now.extendable ? "idle" : "absolute");
}

dialog.addEventListener("submit", async (event) => {
  if (event.target.id === "session-end-sign-out") return;
  event.preventDefault();
  if ((await ask({ method: "POST", body: new FormData(event.target) })) && !over) dialog.close();
});
// Escape says that somebody is there.
dialog.addEventListener("cancel", () => over || dialog.querySelector("form").requestSubmit());
dialog.addEventListener("close", () => (dismissed = end - Date.now() <= warning));

tick();
setInterval(tick, 1000);
document.addEventListener("visibilitychange", () => document.hidden || tick());
