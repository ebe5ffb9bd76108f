/** The button that switches between light and dark. */

import { remember } from "./store.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

/** Let the button switch: until then it has its place on the page, so that nothing moves, and takes no click. */
export function scheme() {
  const button = document.querySelector("[data-theme-toggle]");
  if (!button) return;
  button.disabled = false;
  button.addEventListener("click", () => {
    const theme = current() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    remember("theme", theme);
  });
}

function current() {
  return document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");
}
