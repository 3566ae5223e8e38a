// <span data-countdown="42">42</span> counts down by itself, once a second, to 0. Said by nobody: the text around
// it names the seconds when it is read. Without a script the bar beside it shrinks all the same.

const begun = new WeakMap();

setInterval(() => {
  for (const element of document.querySelectorAll("[data-countdown]")) {
    if (!begun.has(element)) begun.set(element, performance.now());
    const gone = (performance.now() - begun.get(element)) / 1000;
    element.textContent = String(Math.max(0, Math.ceil(Number(element.dataset.countdown) - gone)));
  }
}, 250);
