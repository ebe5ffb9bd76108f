/** The page for what is not there: looks for what the last part of the address seems to mean. */

import { card } from "./card.js";
import { finder } from "./site.js";

const SHOWN = 6;

/** @param {HTMLElement} place  Is filled with suggestions. */
export async function notFound(place) {
  if ("lean" in place.dataset && await leadOn()) return;
  const text = meant(location.pathname);
  if (!text) return;
  document.querySelector("form[data-search] input").value = text;
  const own = await exactly(namespace(location.pathname));
  const meantServers = await exactly(text);
  const numbers = [...new Set([...own, ...meantServers])].slice(0, SHOWN);
  if (!numbers.length) return;
  const servers = await finder.show(numbers);
  document.querySelector("[data-missing]").textContent = "Did you mean one of these?";
  place.replaceChildren(...servers.map((server) => card(server)));
}

/**
 * On a lean site a version has no page: its address leads to its line on the server's.
 * @returns {Promise<boolean>} whether there is such a page
 */
async function leadOn() {
  const [, page, version] = /^(.*\/servers\/[^/]+\/[^/]+\/)([^/]+)\/?$/.exec(location.pathname) ?? [];
  if (!page || !(await fetch(page, { method: "HEAD" })).ok) return false;
  location.replace(`${page}#${encodeURIComponent(`v-${decode(version)}`)}`);
  return true;
}

/** The servers that have every word of a text, best first; none if its words tell no server from another. */
async function exactly(text) {
  if (!text) return [];
  const { servers, complete, saysNothing } = await finder.find({ text, filters: [], sort: "relevance" });
  return saysNothing ? [] : servers.slice(0, complete);
}

/**
 * @param {string} path
 * @returns {string} the namespace that the address is below, "" if it is below none
 */
export function namespace(path) {
  const [, found] = /\/(?:servers|namespaces|cards|badges)\/([^/]+)\//.exec(`${path}/`) ?? [];
  return found?.includes(".") ? decode(found) : "";
}

/**
 * @param {string} path
 * @returns {string} the last part of it that is not a version
 */
export function meant(path) {
  const parts = path.split("/").filter(Boolean).map(decode);
  const telling = parts.filter((part) => /\p{L}{2}/u.test(part) && !/^v?\d+\.\d/.test(part));
  return telling.at(-1)?.replace(/\.(html|md|json|atom)$/, "") ?? "";
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
