/** What somebody typed -> what is looked for, as builder/search/query.py has it. */

import { stem } from "./stem.js";
import { isSign, isUntelling, split } from "./words.js";

const MOST_WORDS = 8;
export const HEAVY = 16;
const LIGHT = 4;
const LONGEST_PHRASE = 16;
/** What says nothing of the server: `io.github.`, `https://github.com/`, `ghcr.io/` in front. */
const FORGE =
  /^[ \t\r\n]*(?:[a-z]+\.(?:github|gitlab|codeberg|bitbucket)\.|(?:https?:\/\/)?(?:(?:www\.)?(?:github|gitlab|bitbucket)\.[a-z]+|codeberg\.org|(?:docker|ghcr|quay)\.io)\/)/i;
const NAMESPACE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/;

/**
 * @typedef {{typed: string, term: string, weight: number}} Word
 *   A word or phrase that is asked for: as typed, as the index has it, and how much it weighs.
 */

/**
 * @param {string} text
 * @param {import("./searchindex.js").Index["meaning"]} meaning
 * @returns {Word[]} what a query asks for; empty if no word tells anything
 */
export function wordsOf(text, meaning) {
  const found = [...words(split(text.replace(FORGE, "")), meaning)].slice(0, MOST_WORDS);
  return found.every(({ weight }) => weight === LIGHT)
    ? found.map((word) => ({ ...word, weight: HEAVY }))
    : found;
}

/**
 * @param {string} text
 * @returns {string[]} the terms that stand for a whole query: an exact name, package, host, repository,
 *   or a namespace
 */
export function keysOf(text) {
  const key = keyOf(text);
  if (!key) return [];
  const [host, ...path] = key.split("/");
  const keys = [`=${key}`];
  if (path.length && host.includes(".")) keys.push(`=${host}`, `=${[host, ...path.slice(0, 2)].join("/")}`);
  if (NAMESPACE.test(host)) keys.push(`@${host}`);
  return [...new Set(keys)];
}

function keyOf(text) {
  const key = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "").toLowerCase().replace(/^(?:[a-z]+:\/\/)?(?:www\.)?/, "");
  return key.split("?")[0].replace(/\/+$/, "").replace(/\.git$/, "");
}

function* words(typed, meaning) {
  const stems = typed.map(stem);
  for (let start = 0; start < stems.length; ) {
    const [length, term] = phrase(stems, start, meaning);
    const own = typed.slice(start, start + length);
    if (length > 1 || !isUntelling(own[0])) {
      const isLight = length === 1 && (isSign(term) || meaning.light.has(term));
      yield { typed: own.join(" "), term, weight: isLight ? LIGHT : HEAVY };
    }
    start += length;
  }
}

/** The length of the longest phrase that starts here, 1 for a word alone, and its term. */
function phrase(stems, start, { phrases }) {
  for (let length = Math.min(LONGEST_PHRASE, stems.length - start); length > 0; length -= 1) {
    const joined = phrases.get(stems.slice(start, start + length).join(" "));
    if (joined !== undefined) return [length, joined];
  }
  return [1, stems[start]];
}
