/** A field that filters the rows of the page's tables: documentation's list of rules. */

/** Let every such field filter; nothing on pages without one. */
export function filterRows() {
  for (const field of document.querySelectorAll("[data-filter-rows]")) {
    field.addEventListener("input", () => show(field.value));
  }
}

/** @param {string} text  A row that has all its words stays, and a table with such a row. */
function show(text) {
  const words = text.toLowerCase().split(/\s+/);
  for (const table of document.querySelectorAll("main table, article table")) {
    const rows = [...table.tBodies[0].rows];
    for (const row of rows) {
      const content = row.textContent.toLowerCase();
      row.hidden = !words.every((word) => content.includes(word));
    }
    table.parentElement.hidden = rows.every((row) => row.hidden);
  }
}
