/** Texts cut by their switches, as builder/install/pieces.py does it: [switches, text] of each piece. */

import { shown } from "../switches.js";
import { START, quoted, switchesOf, unmarked } from "./text.js";

const NONE = new Set();

/** Cut a file: a line is there with its switch, a block with any of those of its lines. */
export function lines(text) {
  if (!text.includes(START)) return [["", text]];
  const rows = text.split("\n").map(row);
  return joined(
    rows.map((row, place) => {
      const own = row.switches.length || !row.step ? row.switches : block(rows, place);
      return [own.join(" "), unmarked(row.text) + (place === rows.length - 1 ? "" : "\n")];
    }),
  );
}

/**
 * Cut a command; a word that holds several words cannot be cut.
 * @param {string[]} words
 * @param {string[]} full the same with everything optional, marked
 */
export function cut(words, full) {
  const plain = full.map(unmarked);
  if (plain.length === words.length && plain.every((word, place) => word === words[place])) return [];
  const made = joined(full.map((word, place) => [switchesOf(word).join(" "), (place ? " " : "") + quoted(plain[place])]));
  return shown(made, NONE) === words.map(quoted).join(" ") ? made : [];
}

/** The text of pieces with everything optional left out. */
export function without(pieces) {
  return shown(pieces, NONE);
}

function row(text) {
  const start = text.replace(/^ +/, "");
  const closes = /^[}\]]/.test(start.trim());
  const step = /(^|[{[:])$/.test(text.slice(-1)) ? 1 : closes ? -1 : 0;
  return { text, indent: text.length - start.length, switches: switchesOf(text), step };
}

/** The switches of a block that a line opens or closes, if all of its lines have one. */
function block(rows, place) {
  const { indent, step } = rows[place];
  const switches = new Set();
  for (let line = place + step; rows[line]?.indent > indent; line += step) {
    const row = rows[line];
    if (!row.switches.length && !isBracket(row.text)) return [];
    for (const id of row.switches) switches.add(id);
  }
  return [...switches];
}

function isBracket(text) {
  return ["{", "}", "[", "]"].includes(text.trim().replace(/,+$/, "")) || text.endsWith("[");
}

/** Neighbours under the same switches become one. */
function joined(pieces) {
  const grouped = [];
  for (const [switches, text] of pieces) {
    const last = grouped.at(-1);
    if (last?.[0] === switches) last[1] += text;
    else grouped.push([switches, text]);
  }
  return grouped;
}
