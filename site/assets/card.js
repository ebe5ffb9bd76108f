/** A server in a list of results: the same card as site/templates/rows.html. */

import { element } from "./element.js";
import { serverPage } from "./site.js";

/**
 * @param {object} server as the engine shows it
 * @returns {HTMLLIElement}
 */
export function card({ name, title, description, version, day, badges, hue }) {
  const label = title || name.slice(name.indexOf("/") + 1);
  const initial = label.match(/[\p{L}\p{N}]/u)?.[0].toUpperCase() ?? "#";
  const tags = badges.map((badge) => element("span", { class: "tag" }, badge));
  return element(
    "li",
    { class: "card" },
    element("span", { class: `tile hue-${hue}`, "aria-hidden": "true" }, initial),
    element(
      "div",
      { class: "card-main" },
      element("h2", { class: "card-title" }, element("a", { href: serverPage(name) }, label)),
      element("p", { class: "card-name" }, name),
      element("p", { class: "card-text" }, description),
      element(
        "p",
        { class: "card-facts" },
        element("span", {}, version),
        element("time", { dateTime: day }, day),
        ...tags,
      ),
    ),
  );
}
