/** The button that switches between light and dark. */

import { remember } from "./store.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

/** Let the button switch: pages show it wherever scripts run, so that its place is there from the start. */
export function scheme() {
  const button = document.querySelector("[data-theme-toggle]");
  if (!button) return;
  button.addEventListener("click", () => {
    const theme = current() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    remember("theme", theme);
  });
}

function current() {
  return document.documentElement.dataset.theme ?? (dark.matches ? "dark" : "light");
}
