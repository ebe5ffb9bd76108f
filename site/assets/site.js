/** Addresses of this site; where it begins stands in the search box, which every page has. */

import { Finder } from "./finder.js";

// A folded page has its search box only when it is unfolded.
const place = () => document.querySelector("form[data-search]").dataset;

/**
 * @param {string} path a path of the site, below its root
 * @returns {string}
 */
export function at(path) {
  return new URL(place().root + path, document.baseURI).href;
}

/**
 * @param {string} name
 * @returns {string} the address of a server's page
 */
export function serverPage(name) {
  return at(`servers/${name.split("/").map(encodeURIComponent).join("/")}/`);
}

/** The search of the page; nothing is fetched before it is asked. */
export const finder = new Finder(() => at(place().index));
