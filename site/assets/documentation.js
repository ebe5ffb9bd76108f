/** Search over the documentation: its sections, from one small file that is fetched when first needed. */

import { stem } from "./search/stem.js";
import { telling } from "./search/words.js";
import { at } from "./site.js";

const MOST = 3;
const IN_TITLE = 8;
let sections;

/**
 * @param {string} text  A query.
 * @returns {Promise<{title: string, path: string}[]>} sections that have all its words, best first
 */
export async function documentation(text) {
  const file = document.querySelector("[data-docs]")?.dataset.docs;
  const words = [...new Set(telling(text).map(stem))];
  if (!file || !words.length) return [];
  sections ??= load(at(file));
  sections.catch(() => (sections = undefined));
  const found = (await sections).map((section) => ({ ...section, score: score(section, words) }));
  return found
    .filter((section) => section.score > 0)
    .sort((left, right) => right.score - left.score)
    .slice(0, MOST);
}

async function load(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return (await response.json()).map(([title, path, terms]) => {
    return { title, path, terms: new Set(terms.split(" ")), head: new Set(telling(title).map(stem)) };
  });
}

/** Words in the title count more, and more so in a short one; 0 if a word is missing. */
function score({ terms, head }, words) {
  let sum = 0;
  for (const word of words) {
    if (!terms.has(word) && !head.has(word)) return 0;
    sum += head.has(word) ? IN_TITLE : 1;
  }
  return sum / Math.sqrt(1 + head.size);
}
