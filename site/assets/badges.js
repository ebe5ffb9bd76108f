/** The page on badges: puts the name that one types into the Markdown. */

/** @param {HTMLFormElement} form  Comes to life. */
export function badges(form) {
  const output = document.querySelector("[data-badge-markdown]");
  const pattern = output.textContent;
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.elements.name.addEventListener("input", (event) => {
    output.textContent = fill(pattern, event.target.value.trim());
  });
}

/**
 * @param {string} pattern Markdown with `<namespace>/<name>`, once inside a query
 * @param {string} name
 * @returns {string}
 */
export function fill(pattern, name) {
  const [namespace, server] = name.split("/");
  if (!namespace || !server) return pattern;
  const path = [namespace, server].map(encodeURIComponent).join("/");
  return pattern
    .replace(/%3Cnamespace%3E\/%3Cname%3E/i, path)
    .replace("<namespace>/<name>", path);
}
