// Codes that are shown once, in a list: <button data-keep="copy|save|print" data-list="#id">.

const toast = (message) => document.dispatchEvent(new CustomEvent("toast", { detail: { message } }));

function select(list) {
  // No permission, or not a secure page: select the codes, so that the keyboard can copy them.
  getSelection().selectAllChildren(list);
}

function save(text, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-keep]");
  if (!button) return;
  const list = document.querySelector(button.dataset.list);
  const text = [...list.querySelectorAll("li")].map((one) => `${one.textContent.trim()}\n`).join("");
  if (button.dataset.keep === "print") print();
  else if (button.dataset.keep === "save") save(text, button.dataset.name);
  else
    try {
      await navigator.clipboard.writeText(text);
      toast(button.dataset.done);
    } catch {
      select(list);
    }
});
