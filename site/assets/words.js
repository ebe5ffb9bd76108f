/** A query -> words, the same way as builder/pages/search/words.py does it for the index. */

const LONGEST = 32;
const UNTELLING = new Set(
  (
    "mcp server servers a an and are as at be by for from has have in into is it its of on or " +
    "over that the their this to using via with you your com io org net www http https"
  ).split(" "),
);

/** What says nothing of the server: `io.github.`, `https://github.com/`, `ghcr.io/` in front. */
const FORGE =
  /^\s*(?:[a-z]+\.(?:github|gitlab|codeberg|bitbucket)\.|(?:https?:\/\/)?(?:(?:www\.)?(?:github|gitlab|bitbucket)\.\w+|codeberg\.org|(?:docker|ghcr|quay)\.io)\/)/i;

/** Chinese and Japanese have no spaces between words: each character is one. */
const WORD =
  /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|(?:(?![\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])[\p{L}\p{N}])+/gu;

/**
 * @param {string} text
 * @returns {string[]} the telling words, in lower case and without accents, each once
 */
export function words(text) {
  const plain = text.replace(FORGE, "").normalize("NFKD").toLowerCase().replace(/\p{Mn}/gu, "");
  const found = (plain.match(WORD) ?? []).map((word) => word.slice(0, LONGEST));
  return [...new Set(found)].filter((word) => !UNTELLING.has(word));
}

/**
 * The term of the index for all servers of a namespace; "@" is in no word.
 *
 * @param {string} text a query
 * @returns {string | null} null if it does not begin like a namespace
 */
export function namespaceTerm(text) {
  const asked = text.trim().match(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?=\/|$)/i);
  return asked && `@${asked[0].toLowerCase()}`;
}

/**
 * @param {string} word
 * @returns {string} the word without the ending of an English plural
 */
export function stem(word) {
  if (word.length < 4 || /(ss|us|is)$/.test(word)) return word;
  if (word.endsWith("ies")) return word.slice(0, -3);
  if (/(s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2);
  return word.endsWith("s") ? word.slice(0, -1) : word;
}

const ENDINGS = new Set(["", "s", "es", "y", "ies"]);
const PLURAL = 0.95;
const PREFIX = 0.75;

/**
 * How well a term of the index answers a word of the query.
 *
 * @param {string} word
 * @param {string} term
 * @returns {number} 1 for the same word, less for a plural or a beginning, 0 for no match
 */
export function likeness(word, term) {
  if (word === term) return 1;
  const base = stem(word).replace(/y$/, "");
  const ending = term.slice(base.length);
  // "databases" may be the plural of "databas" or of "database", for all that its ending says.
  const silent = ending === "e" && word === `${base}es`;
  if (term.startsWith(base) && (silent || ENDINGS.has(ending))) return PLURAL;
  return term.startsWith(word) ? PREFIX * Math.sqrt(word.length / term.length) : 0;
}

/**
 * @param {string} left
 * @param {string} right
 * @returns {boolean} whether one typing mistake leads from one to the other: a letter too many,
 *   missing or wrong, or two exchanged
 */
export function mistyped(left, right) {
  let start = 0;
  while (start < left.length && left[start] === right[start]) start += 1;
  const [a, b] = [left.slice(start), right.slice(start)];
  return (
    a.slice(1) === b ||
    a === b.slice(1) ||
    a.slice(1) === b.slice(1) ||
    (a.length > 1 && a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2))
  );
}
