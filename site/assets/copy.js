/** Copy buttons: of the snippet beside them (data-copy), or of a given text (data-copy-text). */

import { announce } from "./announce.js";

const SHOWN_MS = 2000;

/** Show every copy button of the page and let it copy. */
export function copyButtons() {
  for (const button of document.querySelectorAll("[data-copy], [data-copy-text]")) {
    button.hidden = false;
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy], [data-copy-text]");
    if (button) copy(button);
  });
}

/** @param {HTMLButtonElement} button */
async function copy(button) {
  const text = button.dataset.copyText ?? button.parentElement.querySelector("pre").textContent;
  const done = await write(text);
  announce(done ? "Copied" : "Copying is not allowed here; the text is selected");
  if (!done) {
    const folded = button.parentElement.querySelector("details");
    if (folded) folded.open = true;
    getSelection().selectAllChildren(folded ?? button.parentElement);
    return;
  }
  const label = button.firstChild;
  const before = label.data;
  if (before === "Copied") return;
  label.data = "Copied";
  setTimeout(() => (label.data = before), SHOWN_MS);
}

/**
 * @param {string} text
 * @returns {Promise<boolean>} whether the clipboard took it
 */
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
