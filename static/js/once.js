// <form> with a <button data-once>: pressed twice it is sent once. The server holds without this;
// here it spares the second half of a double click a page about something already done.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.querySelector("[data-once]")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
  // Sent and stopped in the browser, or lost on the way: then it may be pressed again.
  setTimeout(() => delete form.dataset.sent, 5000);
});

// A page that comes back out of the browser's memory may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
