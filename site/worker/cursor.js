/** Cursors: where a list goes on, and by which filters (as in builder/serve/cursor.py). */

import { AFTER_ALL_VERSIONS, LATEST, responses, splitKey } from "./items.js";

/**
 * Read a cursor: one of ours, the number of a list page, or upstream's `name:version`.
 * @param {import("./files.js").Files} files
 * @param {string} text
 * @returns {Promise<{from: import("./types.js").Position, carried: Record<string, string>}>}
 */
export async function decodeCursor(files, text) {
  const page = /^([al])([0-9]{1,9})$/.exec(text);
  if (page) {
    const [name, carried] = page[1] === "l" ? [LATEST, { version: LATEST }] : ["all", {}];
    return { from: await pageStart(files, `${files.x}/pages/${name}`, Number(page[2])), carried };
  }
  const [name, version, carried = {}] = ownCursor(text) ?? [];
  if (name !== undefined) return { from: { name, version, inclusive: false }, carried };
  const key = splitKey(text);
  return { from: { version: text && AFTER_ALL_VERSIONS, ...key, inclusive: false }, carried: {} };
}

/** @param {string} text */
function ownCursor(text) {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const value = JSON.parse(new TextDecoder().decode(bytes));
    const [name, version, carried = {}] = Array.isArray(value) ? value : [];
    const texts = [name, version, ...Object.values(carried)];
    return texts.every((value) => typeof value === "string") ? [name, version, carried] : null;
  } catch {
    return null; // not base64, or not JSON: not ours
  }
}

/**
 * Return the position at which a list page starts; the beginning if there is no such page.
 * @param {import("./files.js").Files} files
 * @param {string} folder
 * @param {number} number
 * @returns {Promise<import("./types.js").Position>}
 */
async function pageStart(files, folder, number) {
  const text = number > 1 ? await files.text(`${folder}/${number}.json`) : null;
  if (text === null) return { name: "", version: "", inclusive: true };
  const [first] = responses(text);
  if (first) return { ...JSON.parse(first).server, inclusive: true };
  // All that was on this page is gone: go on with the page after it.
  const { nextCursor } = JSON.parse(text).metadata;
  if (nextCursor && files.left > 0) return pageStart(files, folder, Number(nextCursor.slice(1)));
  return { name: AFTER_ALL_VERSIONS, version: "", inclusive: false };
}

/**
 * Write a cursor that goes on after a position with the same filters, in `A-Za-z0-9_-` only.
 * @param {import("./types.js").Position} position
 * @param {Record<string, string>} carried  The filters, and `until`.
 */
export function encodeCursor({ name, version }, carried) {
  const value = Object.keys(carried).length ? [name, version, carried] : [name, version];
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
