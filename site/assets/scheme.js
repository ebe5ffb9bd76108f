/** The button that switches between light and dark. */

import { remember } from "./store.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

/** Show the button and let it switch. */
export function scheme() {
  const button = document.querySelector("[data-theme-toggle]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const theme = current() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    remember("theme", theme);
  });
}

function current() {
  return document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");
}
