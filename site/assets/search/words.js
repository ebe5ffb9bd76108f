/** Text -> words, the same way as builder/words/split.py does it for the index. */

const LONGEST = 32;
/** Words that tell no server from another are neither indexed nor looked for. */
const UNTELLING = new Set(
  (
    "mcp server servers a an and are as at be by can do for from has have how i in into is it its me my of on or our over " +
    "so that the their them this to using via with you your " +
    "us we what when where which who will com io org net www http https"
  ).split(" "),
);

/** Chinese and Japanese have no spaces between words: each character is one. */
const SIGN = "\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff";
const WORD = new RegExp(`[${SIGN}]|(?:(?![${SIGN}\\u{10000}-\\u{10ffff}])[\\p{L}\\p{N}])+`, "gu");
const ONE_SIGN = new RegExp(`^[${SIGN}]$`);

/**
 * @param {string} text
 * @returns {string[]} every word of a text in its order, without case and accents
 */
export function split(text) {
  const plain = text.normalize("NFKD").toLowerCase().replace(/\p{Mn}/gu, "");
  return (plain.match(WORD) ?? []).map((word) => word.slice(0, LONGEST));
}

/**
 * @param {string} text
 * @returns {string[]} the words that tell one server from another, in order
 */
export function telling(text) {
  return split(text).filter((word) => !UNTELLING.has(word));
}

/** @param {string} word */
export const isUntelling = (word) => UNTELLING.has(word);

/** @param {string} word  Is it one Chinese or Japanese character? */
export const isSign = (word) => ONE_SIGN.test(word);
