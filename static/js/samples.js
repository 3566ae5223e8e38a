// Sample messages come and go without a request: what is typed stays, and so does the place in it.
// The buttons do the same without a script.

const box = document.querySelector("[data-samples]");
const rows = [...box.querySelectorAll("[data-sample]")];
const adding = box.querySelector("[data-samples-add]");
const text = (row) => row.querySelector("textarea");
const shown = () => rows.filter((row) => !row.hidden);

function settle(form) {
  adding.hidden = shown().length === rows.length;
  adding.querySelector("button").value = shown().length;
  // Kept, and looked at again.
  form.dispatchEvent(new Event("change", { bubbles: true }));
  form.dispatchEvent(new CustomEvent("recheck"));
}

function add() {
  const row = rows.find((one) => one.hidden);
  row.hidden = false;
  text(row).focus();
}

function remove(row) {
  const last = shown().at(-1);
  for (let place = rows.indexOf(row); rows[place] !== last; place += 1) {
    text(rows[place]).value = text(rows[place + 1]).value;
  }
  text(last).value = "";
  last.hidden = true;
  text(row.hidden ? shown().at(-1) : row).focus();
}

box.addEventListener("click", (event) => {
  const button = event.target.closest("button[name=add], button[name=remove]");
  if (!button) return;
  event.preventDefault();
  if (button.name === "add") add();
  else remove(button.closest("[data-sample]"));
  settle(button.form);
});
