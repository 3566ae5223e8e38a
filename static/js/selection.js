// <form data-selection>: rows with checkboxes, a box above them that ticks the page, and a bar that counts. Ticks are
// kept at the server, so that they outlive the page; every button of the form takes them along anyway, and that is all
// there is without a script.

import { ranges } from "./selection-keys.js";
import { keeper } from "./selection-kept.js";

const form = document.querySelector("[data-selection]");

if (form) begin(form);

function begin(form) {
  const boxes = [...form.querySelectorAll("[data-pick]")];
  const page = form.querySelector("[data-pick-page]");
  const bar = form.querySelector("[data-bulk]");
  const count = bar.querySelector("[data-count]");
  const words = new Intl.NumberFormat(document.documentElement.lang || "en");
  const elsewhere = Number(bar.dataset.elsewhere);
  const ticked = ranges(form, boxes, page);
  const keep = keeper(form);

  function show() {
    const here = boxes.filter((box) => box.checked).length;
    const all = elsewhere + here;
    count.textContent = words.format(all);
    bar.toggleAttribute("data-on", all > 0);
    page.checked = here === boxes.length;
    page.indeterminate = here > 0 && here < boxes.length;
    for (const button of form.querySelectorAll("[data-needs-ticks]")) button.disabled = all === 0;
    bar.querySelector("[data-clear]").hidden = all === 0;
    const more = bar.querySelector("[data-all-ticked]");
    if (more) more.hidden = here < boxes.length;
  }

  form.addEventListener("change", ({ target }) => {
    if (target === page) for (const box of boxes) box.checked = page.checked;
    else if (boxes.includes(target)) ticked(target);
    else return;
    keep();
    show();
  });
  window.addEventListener("pageshow", show);
  show();
}
