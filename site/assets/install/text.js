/** JSON, shell words and marks as builder/install writes them: entry.py, command.py, pieces.py. */

const MARK = /\ufdd0([a-z]+-[0-9]+)\ufdd1/g;
export const START = "\ufdd0";

/**
 * @param {string} text
 * @param {string} [switched] the switch that it is there with, if it has one
 */
export function mark(text, switched) {
  return switched ? `\ufdd0${switched}\ufdd1${text}` : text;
}

/** @param {string} text */
export function unmarked(text) {
  return text.replace(MARK, "");
}

/**
 * @param {string} text
 * @returns {string[]} the switches of its marks, each once
 */
export function switchesOf(text) {
  return [...new Set([...text.matchAll(MARK)].map((match) => match[1]))];
}

/**
 * Write JSON with two spaces a level. Objects are maps: names of a publisher's may be any text, and
 * objects of JavaScript sort those that are numbers.
 */
export function json(value, indent = "") {
  const [open, close] = value instanceof Map ? "{}" : "[]";
  const inner = `${indent}  `;
  const rows = parts(value, (part) => json(part, inner), ": ");
  if (!rows) return JSON.stringify(value);
  return rows.length ? `${open}\n${inner}${rows.join(`,\n${inner}`)}\n${indent}${close}` : open + close;
}

/** Write JSON without spaces, in ASCII. */
export function compact(value) {
  return plain(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function plain(value) {
  const [open, close] = value instanceof Map ? "{}" : "[]";
  const rows = parts(value, plain, ":");
  return rows ? open + rows.join(",") + close : JSON.stringify(value);
}

function parts(value, write, colon) {
  if (Array.isArray(value)) return value.map(write);
  if (!(value instanceof Map)) return null;
  return [...value].map(([name, part]) => JSON.stringify(name) + colon + write(part));
}

/** @param {string} value */
export function base64(value) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(value)));
}

/** Quote a word for a POSIX shell, as Python's shlex.quote does. */
export function quoted(word) {
  if (word && !/[^A-Za-z0-9_@%+=:,./-]/.test(word)) return word;
  return `'${word.replaceAll("'", `'"'"'`)}'`;
}

/** Put words into the places of a sentence: {} one after the other, or {0} by number. */
export function said(text, ...words) {
  return text.replace(/\{(\d?)\}/g, (_, number) => (number ? words[number] : words.shift()));
}
