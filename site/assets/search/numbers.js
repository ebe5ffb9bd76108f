/** The whole numbers of ranking, and how postings are written: as builder/search/numbers.py has them. */

const IMPACTS = 32;
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
 * Read postings: `(difference to the server before) * 32 + impact`, in base 36.
 *
 * @param {string} text
 * @returns {[number, number][]} servers, each with its impact
 */
export function postings(text) {
  let server = 0;
  return text
    .split(" ")
    .filter(Boolean)
    .map((digits) => {
      const number = parseInt(digits, 36);
      server += Math.floor(number / IMPACTS);
      return [server, number % IMPACTS];
    });
}
