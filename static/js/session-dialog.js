// What the dialog at the end of a sign-in shows. When to show it is decided in session.js.

export const dialog = document.getElementById("session-end");

const say = (message) => document.dispatchEvent(new CustomEvent("announce", { detail: { message } }));
let spoken = 0;

// `state`: "idle" (may be prolonged), "absolute" (may not) or "over".
export function show(state) {
  for (const part of dialog.querySelectorAll("[data-when]")) {
    part.hidden = !part.dataset.when.split(" ").includes(state);
  }
  dialog.querySelector("[data-when-left]").hidden = state === "over";
  if (!dialog.open) dialog.showModal();
}

// Every second for the eye; for the ear once a minute is left, and once more at half a minute.
export function countDown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  dialog.querySelector("[data-left]").textContent = text;
  const step = seconds > 60 ? 0 : seconds > 30 ? 1 : 2;
  if (dialog.open && step > spoken) say(text);
  spoken = step;
}

// Was something typed or chosen on this page, and not sent?
export function typed() {
  return [...document.querySelectorAll("#main :is(input, textarea, select)")].some((one) => {
    if (one.type === "hidden") return false;
    if (one.matches("select")) return [...one.options].some((option) => option.selected !== option.defaultSelected);
    if (one.matches("[type=checkbox], [type=radio]")) return one.checked !== one.defaultChecked;
    return one.value !== one.defaultValue;
  });
}
