/** The whole numbers of ranking, and how postings are written: as builder/search/numbers.py has them. */

export const IMPACTS = 32;
/** Characters: what parts numbers, and the first of the digits and of the letters. */
export const [SPACE, DIGITS, LETTERS] = [32, 48, 97];
/** The prior, and the factor of a bonus, that changes nothing. */
export const NEUTRAL = 16;

/**
 * @param {number} count  How many servers have a term.
 * @param {number} servers  How many there are.
 * @returns {number} the inverse document frequency in sixteenths of a bit, at least 8
 */
export function rarity(count, servers) {
  return 8 + log2(Math.floor((256 * (2 * servers + 2)) / (2 * count + 1))) - log2(256);
}

/** Sixteen times the binary logarithm, straight lines between powers of two. */
function log2(number) {
  const places = 31 - Math.clz32(number);
  return 16 * places + Math.floor((number * 16) / 2 ** places) - 16;
}

/**
 * Read postings: `(difference to the server before) * 32 + impact`, in base 36, parted by spaces.
 *
 * A common word stands in thousands of servers, so that this reads characters and makes no objects.
 *
 * @param {string} text
 * @returns {Uint32Array} for each server its number times 32, and its impact
 */
export function marks(text) {
  const found = new Uint32Array((text.length + 1) >> 1);
  let [count, server, digits] = [0, 0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== SPACE) digits = digits * 36 + (code < LETTERS ? code - DIGITS : code - LETTERS + 10);
    if (code !== SPACE && at + 1 < text.length) continue;
    server += Math.floor(digits / IMPACTS);
    found[count] = server * IMPACTS + (digits % IMPACTS);
    count += 1;
    digits = 0;
  }
  return found.subarray(0, count);
}

/**
 * @param {string} text
 * @returns {[number, number][]} servers, each with its impact
 */
export function postings(text) {
  return Array.from(marks(text), (mark) => [Math.floor(mark / IMPACTS), mark % IMPACTS]);
}
