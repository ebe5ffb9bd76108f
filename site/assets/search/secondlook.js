/** A closer look at the best servers, as they are shown: as builder/search/second_look.py has it. */

import { NEUTRAL } from "./numbers.js";
import { HEAVY } from "./query.js";
import { stem } from "./stem.js";
import { telling } from "./words.js";

export const LOOKED_AT = 20;
const FORGES = new Set(["github", "gitlab", "codeberg", "bitbucket"]);
const NAME = 24;
const BRAND = 40;
const OWNER = 24;
const PHRASE = 18;

/**
 * @param {any[]} row  A server as it is shown.
 * @param {import("./query.js").Word[]} words
 * @returns {number} by how many sixteenths its score changes
 */
export function factor([name, title, description], words) {
  const slash = name.indexOf("/");
  const [namespace, label] = [name.slice(0, slash), name.slice(slash + 1)];
  const asked = words.map(({ typed }) => typed.replaceAll(" ", "")).join("");
  let found = NEUTRAL;
  if (asked && (asked === joined(label) || asked === joined(title))) found = times(found, NAME);
  found = times(found, brand(namespace, asked));
  const heavy = words.filter(({ weight }) => weight === HEAVY);
  const texts = heavy.length > 1 ? [label, title, description].map((text) => telling(text).map(stem)) : [];
  for (let place = 1; place < heavy.length; place += 1) {
    const [left, right] = [heavy[place - 1].term, heavy[place].term];
    const together = texts.some((text) => text.some((term, at) => term === left && text[at + 1] === right));
    if (together) found = times(found, PHRASE);
  }
  return found;
}

/** Is the query what a domain's namespace is called, or an account's? */
function brand(namespace, asked) {
  const parts = namespace.toLowerCase().split(".");
  const isAccount = parts.length > 2 && FORGES.has(parts[1]);
  const names = parts.slice(isAccount ? 2 : 1).map(joined);
  if (!asked || !names.includes(asked)) return NEUTRAL;
  return isAccount ? OWNER : BRAND;
}

const joined = (text) => telling(text).join("");
const times = (number, sixteenths) => Math.floor((number * sixteenths) / NEUTRAL);
