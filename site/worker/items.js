/** Items in responses: picked and passed on as they are, and their order. */

import { nanoseconds } from "./time.js";

export const LATEST = "latest";
export const AFTER_ALL_VERSIONS = "\u{10ffff}";
const OFFICIAL = "io.modelcontextprotocol.registry/official";

/**
 * Pick from a response (one item or a list) the items that a query asks for, by version.
 * @param {string} text
 * @param {import("./types.js").Query} query
 * @returns {import("./types.js").Item[]}
 */
export function matching(text, query) {
  const items = [];
  for (const raw of responses(text)) {
    const { server, _meta } = JSON.parse(raw);
    const official = _meta[OFFICIAL];
    if (isBefore(server, query.from)) continue;
    if (!isFound(server, query)) continue;
    if (official.status === "deleted" && !query.includeDeleted) continue;
    if (query.since !== null && nanoseconds(official.updatedAt) <= query.since) continue;
    if (query.until !== null && nanoseconds(official.updatedAt) > query.until) continue;
    const isAsked = query.version === LATEST ? official.isLatest : query.version === server.version;
    if (query.version && !isAsked) continue;
    items.push({ name: server.name, version: server.version, raw });
  }
  return items.sort((a, b) => order(a.name, b.name) || order(a.version, b.version));
}

/** Whether what is searched for is in a server's name, or in its description where that counts. */
function isFound({ name, description }, { search, searchesDescriptions }) {
  const isIn = (text) => text.toLowerCase().replaceAll("\n", " ").includes(search);
  return isIn(name) || (searchesDescriptions && isIn(description));
}

/**
 * Cut a response into its ServerResponses without parsing them: what a publisher wrote is passed
 * on as it is, and JavaScript would round its numbers.
 * @param {string} text
 */
export function responses(text) {
  if (!text.startsWith('{"servers":')) return [text];
  const found = [];
  let depth = 0;
  let start = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === "{") {
      depth += 1;
      if (depth === 2) start = index;
    } else if (token === "}") {
      if (depth === 2) found.push(text.slice(start, index + 1));
      depth -= 1;
    }
  }
  return found.slice(0, -1); // the last object is `metadata`
}

/**
 * Return whether a list from this position on leaves a key out. Without a version: all versions.
 * @param {{name: string, version?: string}} key
 * @param {import("./types.js").Position} from
 */
export function isBefore({ name, version }, from) {
  if (name !== from.name) return name < from.name;
  if (version === undefined) return false;
  return from.inclusive ? version < from.version : version <= from.version;
}

/**
 * Return the position after every version of a name.
 * @param {string} name
 * @returns {import("./types.js").Position}
 */
export function afterName(name) {
  return { name, version: AFTER_ALL_VERSIONS, inclusive: false };
}

/** @param {string} text `name:version`; the version may hold colons, and may be absent. */
export function splitKey(text) {
  const colon = text.indexOf(":");
  if (colon < 0) return { name: text };
  return { name: text.slice(0, colon), version: text.slice(colon + 1) };
}

/**
 * @param {string} left
 * @param {string} right
 */
function order(left, right) {
  return left < right ? -1 : Number(left > right);
}
