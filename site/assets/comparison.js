/** Which servers are set side by side: it stands in the address of the comparison. */

import { at } from "./site.js";

export const MOST = 3;

/**
 * @param {string} query the address's
 * @returns {string[]} names of servers, at most three, none twice
 */
export function chosen(query) {
  const names = new URLSearchParams(query).getAll("server").filter((name) => name.includes("/"));
  return [...new Set(names)].slice(0, MOST);
}

/**
 * @param {string[]} names
 * @returns {string} the address of their comparison
 */
export function comparison(names) {
  return at(`compare/?${new URLSearchParams(names.map((name) => ["server", name]))}`);
}
