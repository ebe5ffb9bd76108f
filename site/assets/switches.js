/**
 * Optional settings of a server: switches that put them into the commands and files of the page.
 * Without this script they are a list, and the texts leave them out.
 */

/** Show the switches of the page and let them rewrite the texts of their launch. */
export function switches() {
  const boxes = [...document.querySelectorAll("[data-switch]")];
  for (const box of boxes) {
    box.hidden = false;
    box.addEventListener("change", () => rewrite(box.dataset.of, boxes));
  }
  for (const hint of document.querySelectorAll("[data-switches-hint]")) hint.hidden = false;
}

/**
 * @param {string} launch
 * @param {HTMLInputElement[]} boxes
 */
function rewrite(launch, boxes) {
  const own = boxes.filter((box) => box.dataset.of === launch);
  const on = new Set(own.filter((box) => box.checked).map((box) => box.dataset.switch));
  for (const code of document.querySelectorAll("[data-pieces]")) {
    if (code.dataset.of === launch) code.textContent = shown(JSON.parse(code.dataset.pieces), on);
  }
  for (const note of document.querySelectorAll("[data-unswitched]")) {
    if (note.dataset.unswitched === launch) note.hidden = on.size === 0;
  }
  // A text that cannot hold what is switched on would be a wrong one.
  for (const text of document.querySelectorAll("[data-plain]")) {
    if (text.dataset.plain === launch) text.hidden = on.size > 0;
  }
}

/**
 * The same function as `shown` in builder/install/pieces.py.
 *
 * @param {[string, string][]} pieces switches ("" if it is always there) and text of each
 * @param {Set<string>} on
 * @returns {string}
 */
export function shown(pieces, on) {
  const there = pieces.filter(
    ([switches]) => !switches || switches.split(" ").some((id) => on.has(id)),
  );
  return there.map(([, text]) => text).join("").replace(/,(\s*\n\s*[}\]])/g, "$1");
}
