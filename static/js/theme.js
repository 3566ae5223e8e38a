// The theme switch without a round trip. The cookie is all that stays; the server renders from it.

const YEAR = 400 * 24 * 60 * 60;

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-switch]");
  const theme = event.submitter?.value;
  if (!form || !theme) return;
  event.preventDefault();
  const secure = location.protocol === "https:" ? "; secure" : "";
  const age = theme === "system" ? 0 : YEAR;
  document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax${secure}`;
  const root = document.documentElement;
  if (theme === "system") root.removeAttribute("data-theme");
  else root.dataset.theme = theme;
  const scheme = document.querySelector('meta[name="color-scheme"]');
  if (scheme) scheme.content = theme === "system" ? "light dark" : theme;
  for (const choice of document.querySelectorAll("[data-theme-switch] [name=theme]")) {
    choice.setAttribute("aria-pressed", String(choice.value === theme));
  }
});
