/** How like two words are, as builder/search/likeness.py counts it: the typing mistakes between them, and words of one root. */

import { stem } from "./stem.js";

const LONG = 8;
const SHORT = 4;
const MOST = 3;
/** What makes one word of another and is no part of its stem: rent, rental; chart, charting; scan, scanner. */
const ENDING =
  /^(?:able|al|ance|ant|ate|ation|ence|ent|er|ial|ian|ic|ing|ion|ism|ist|ive|ize|ment|or|ous|y)s?$/;

/**
 * @param {string} typed
 * @param {string} term  Its stem.
 * @param {[string, number][]} vocabulary  Words, and how many servers have each.
 * @returns {[string, string, number][]} what may have been meant, best first: word, stem, distance
 */
export function corrections(typed, term, vocabulary) {
  const allowed = typed.length >= LONG ? 2 : 1;
  if (typed.length < SHORT) return [];
  const found = [];
  for (const [word, count] of vocabulary) {
    if (Math.abs(word.length - typed.length) > allowed + 1 || !mayBe(typed, word)) continue;
    const written = distance(typed, word, allowed + 1);
    if (written > allowed + 1) continue;
    const other = stem(word); // of few words: to stem all would take longer than the rest of a search
    if (other === term) continue;
    const far = Math.min(written, distance(term, other, allowed));
    if (far <= allowed) found.push([far, Number(other[0] !== term[0]), -count, word, other]);
  }
  found.sort(
    (left, right) =>
      left[0] - right[0] || left[1] - right[1] || left[2] - right[2] || (left[3] < right[3] ? -1 : 1),
  );
  return found.slice(0, MOST).map(([far, , , word, other]) => [word, other, far]);
}

/** Hardly anybody mistypes the first letter, and a short word with another letter is mostly another word. */
function mayBe(typed, word) {
  if (typed[0] !== word[0] && (typed[0] !== word[1] || typed[1] !== word[0])) return false;
  return typed.length > SHORT || typed.length !== word.length || sorted(typed) === sorted(word);
}

const sorted = (word) => [...word].sort().join("");

/**
 * @param {string} typed
 * @param {[string, number][]} vocabulary  Words, and how many servers have each.
 * @returns {string[]} the stems of words that a word is made of or that are made of it, the commonest first
 */
export function relatives(typed, vocabulary) {
  const found = vocabulary.filter(([word]) => isMadeOf(word, typed) || isMadeOf(typed, word));
  found.sort((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1));
  return found.slice(0, MOST).map(([word]) => stem(word));
}

function isMadeOf(whole, word) {
  if (word.length < SHORT || !whole.startsWith(word)) return false;
  const ending = whole.slice(word.length);
  return ENDING.test(ending) || (ending[0] === word.at(-1) && ENDING.test(ending.slice(1)));
}

/**
 * @param {string} left
 * @param {string} right
 * @param {number} most
 * @returns {number} a letter too many, missing or wrong, or two exchanged; any number above `most` if more
 */
export function distance(left, right, most) {
  let before = [];
  let last = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= right.length; column += 1) {
      const wrong = Number(left[row - 1] !== right[column - 1]);
      let cost = Math.min(last[column] + 1, current[column - 1] + 1, last[column - 1] + wrong);
      if (row > 1 && column > 1 && left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]) {
        cost = Math.min(cost, before[column - 2] + 1);
      }
      current.push(cost);
      if (cost < least) least = cost;
    }
    if (least > most) return most + 1;
    [before, last] = [last, current];
  }
  return last[right.length];
}
