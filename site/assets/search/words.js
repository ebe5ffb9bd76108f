/** Text -> words, the same way as builder/words/split.py does it for the index. */

const LONGEST = 32;
/** Words that tell no server from another are neither indexed nor looked for. */
const UNTELLING = new Set(
  (
    "mcp server servers " +
    "a also am an and are as at be been being but by can could did do does for from had has have " +
    "he here how i if in into is it its just me my not of on or our over shall she should so such " +
    "than that the their them then there these they this those to us using via was we were what " +
    "when where which who whose why will with would you your " +
    "com io org net www http https"
  ).split(" "),
);

/** Chinese and Japanese have no spaces between words: each character is one. */
const SIGN = "\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff";
const WORD = new RegExp(`[${SIGN}]|(?:(?![${SIGN}\\u{10000}-\\u{10ffff}])[\\p{L}\\p{N}])+`, "gu");
/** What the same is for most texts, and read much faster: `normalize` and the letters of all scripts take their time. */
const ASCII = /^[\x00-\x7f]*$/;
const ASCII_WORD = /[a-z0-9]+/g;
const ONE_SIGN = new RegExp(`^[${SIGN}]$`);

/**
 * @param {string} text
 * @returns {string[]} every word of a text in its order, without case and accents
 */
export function split(text) {
  if (ASCII.test(text)) return (text.toLowerCase().match(ASCII_WORD) ?? []).map((word) => word.slice(0, LONGEST));
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
