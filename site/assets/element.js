/** Elements without markup: text is text, whatever it holds. */

/**
 * @param {string} tag
 * @param {Record<string, unknown>} properties of the element; `class` and names with a hyphen
 *   become attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class" || name.includes("-")) made.setAttribute(name, value);
    else made[name] = value;
  }
  made.append(...children);
  return made;
}

/**
 * @param {number} count
 * @returns {string} with a comma at each thousand; `toLocaleString` would first load the words of a language
 */
export function grouped(count) {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");
}

/** A name or a path as children of an element, whose line may end after each slash, or another mark. */
export function breakable(name, mark = "/") {
  return name.split(mark).flatMap((part, place) => (place ? [mark, element("wbr"), part] : [part]));
}
