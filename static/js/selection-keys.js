// Shift and a click, or Shift and Space, tick everything between the last box and this one; the arrow keys go from box
// to box, and from the first to the box above the rows.

export function ranges(form, boxes, page) {
  let last = null;
  let shift = false;

  // The click of a label, and that of the space bar, do not say whether Shift was held; these do.
  form.addEventListener("pointerdown", (event) => (shift = event.shiftKey));
  form.addEventListener("click", (event) => {
    if (event.detail && event.target.matches("[data-pick]")) shift = event.shiftKey;
  }, true);
  // Shift and a click on a label would mark the text between.
  form.addEventListener("mousedown", (event) => {
    if (event.shiftKey && event.target.closest(".pick")) event.preventDefault();
  });
  form.addEventListener("keydown", (event) => {
    const place = boxes.indexOf(event.target);
    if (place < 0 && event.target !== page) return;
    shift = event.shiftKey;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Enter") event.preventDefault();
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    (boxes[place + step] ?? (step < 0 ? page : null))?.focus();
  });

  return (box) => {
    if (shift && last && last !== box) {
      const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((one, two) => one - two);
      for (const one of boxes.slice(from, to + 1)) one.checked = box.checked;
    }
    last = box;
  };
}
