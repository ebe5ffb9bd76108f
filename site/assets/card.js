/** A server in a list of results: the same card as site/templates/rows.html. */

import { breakable, element } from "./element.js";
import { at, serverPage } from "./site.js";

const ALSO = 3;

/**
 * @param {object} server  As the finder shows it.
 * @param {string} heading  The tag of its title.
 * @returns {HTMLLIElement}
 */
export function card({ name, title, description, version, day, badges, hue, topics, deprecated, also, caution, icon }, heading = "h2") {
  const label = title || name.slice(name.indexOf("/") + 1);
  const initial = initialOf(label);
  const tags = badges.map((badge) => element("span", { class: "tag" }, badge));
  return element(
    "li",
    { class: "card" },
    element("span", { class: `tile hue-${hue}`, "aria-hidden": "true" }, initial, ...(icon ? [picture(icon)] : [])),
    element(
      "div",
      { class: "card-main" },
      element(heading, { class: "card-title" }, element("a", { href: serverPage(name) }, label), ...deprecation(deprecated), ...(caution ? [" ", element("span", { class: "tag" }, caution)] : [])),
      element("p", { class: "card-name" }, ...breakable(name)),
      element("p", { class: "card-text" }, description),
      ...(also.length ? [alsoAs(also)] : []),
      element(
        "p",
        { class: "card-facts" },
        element("span", {}, version),
        element("time", { dateTime: day }, day),
        ...tags,
        ...topics.map((topic) => element("span", { class: "tag tag-topic" }, topic)),
      ),
    ),
  );
}

/** The first letter or digit. Most begin with one of English, for which the letters of all scripts are not needed. */
function initialOf(label) {
  if (/^[a-z0-9]/i.test(label)) return label[0].toUpperCase();
  return label.match(/[\p{L}\p{N}]/u)?.[0].toUpperCase() ?? "#";
}

/** The publisher's icon, above the letter: where it cannot be had, that is still there. */
function picture(icon) {
  return element("img", { src: at(icon), alt: "", width: 42, height: 42, loading: "lazy", decoding: "async" });
}

/** The mark of a deprecated server, before which stands a space. */
export function deprecation(deprecated) {
  return deprecated ? [" ", element("span", { class: "tag tag-warn" }, "deprecated")] : [];
}

/** Other entries that are the same server: a few of them, since a template may have a hundred copies. */
function alsoAs(names) {
  const links = names.slice(0, ALSO).flatMap((name) => [" ", element("a", { href: serverPage(name) }, name)]);
  const more = names.length > ALSO ? [` and ${names.length - ALSO} more`] : [];
  return element("p", { class: "card-also" }, "Also as", ...links, ...more);
}
