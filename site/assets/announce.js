/** Says things to people who do not see them happen: one live region on every page. */

/** @param {string} text */
export function announce(text) {
  const region = document.querySelector("[data-announce]");
  if (!region) return;
  region.textContent = "";
  // A region that gets the same text again is not read again: let it be empty in between.
  setTimeout(() => (region.textContent = text), 50);
}
