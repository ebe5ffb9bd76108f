/** The page for what is not there: looks for what the last part of the address seems to mean. */

import { card } from "./card.js";
import { finder } from "./site.js";

const SHOWN = 6;

/** Fill the page's suggestions; nothing on other pages. */
export async function notFound() {
  const place = document.querySelector("[data-missing-results]");
  if (!place) return;
  const text = meant(location.pathname);
  if (!text) return;
  document.querySelector("form[data-search] input").value = text;
  const found = await finder.find({ text, filters: [], sort: "relevance" });
  if (!found.complete) return;
  const servers = await finder.show(found.servers.slice(0, Math.min(SHOWN, found.complete)));
  document.querySelector("[data-missing]").textContent = "Did you mean one of these?";
  place.replaceChildren(...servers.map((server) => card(server)));
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
