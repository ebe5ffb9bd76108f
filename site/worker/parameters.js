/** Query parameters, read as the official API reads them (as in builder/serve/parameters.py). */

import { decodeCursor } from "./cursor.js";
import { answeredSince } from "./overlap.js";
import { Problem } from "./problem.js";
import { nanoseconds } from "./time.js";

/** What Go's strconv.ParseBool takes, and the official server with it. */
const BOOLEANS = new Map([
  ...["1", "t", "T", "true", "TRUE", "True"].map((text) => [text, true]),
  ...["0", "f", "F", "false", "FALSE", "False"].map((text) => [text, false]),
]);

/**
 * Read the parameters of the list. Of a parameter given twice the first counts, an empty one is
 * as good as none, unknown ones are ignored: all as upstream does.
 * @param {import("./files.js").Files} files
 * @param {URLSearchParams} parameters
 * @returns {Promise<import("./types.js").Query>}
 */
export async function parseList(files, parameters) {
  const given = firstValues(parameters);
  refuse([...limitErrors(given, files.settings.limit), ...booleanErrors(given)]);
  const { from, carried } = await decodeCursor(files, given.cursor ?? "");
  // A cursor carries its own filter: VS Code drops `search` on every page but the first.
  const { search = "", version = "", updated_since, include_deleted } = { ...carried, ...given };
  const since = await parseSince(files, updated_since, include_deleted);
  const includeDeleted = since !== null || (BOOLEANS.get(include_deleted) ?? false);
  const filters = {
    search,
    version,
    updated_since,
    include_deleted: includeDeleted && since === null ? "true" : "",
  };
  return {
    from,
    limit: Number(given.limit ?? files.settings.limit.usual),
    search: search.toLowerCase(),
    searchesDescriptions: files.settings.search === "name-or-description",
    version,
    since,
    until: parseUntil(carried.until),
    includeDeleted,
    carried: Object.fromEntries(Object.entries(filters).filter(([, value]) => value)),
  };
}

/**
 * @param {URLSearchParams} parameters
 * @returns {Record<string, string>}
 */
function firstValues(parameters) {
  const keys = [...new Set(parameters.keys())].filter((key) => parameters.get(key));
  return Object.fromEntries(keys.map((key) => [key, parameters.get(key) ?? ""]));
}

/**
 * Read `updated_since`: the time to answer by, null without the parameter.
 * @param {import("./files.js").Files} files
 * @param {string | undefined} text
 * @param {string} deleted  `include_deleted`.
 */
async function parseSince(files, text, deleted) {
  if (text === undefined) return null;
  const time = nanoseconds(text);
  if (BOOLEANS.get(deleted) === false) throw new Problem("deletedWithSince");
  return answeredSince(files, time);
}

/**
 * Read what a cursor carries as the newest change when its walk began; null if it carries none.
 * @param {string | undefined} text
 */
function parseUntil(text) {
  try {
    return nanoseconds(text ?? "");
  } catch {
    return null; // no cursor of ours says otherwise
  }
}

/**
 * Read the parameters of the single-server endpoints: whether deleted versions are wanted.
 * @param {URLSearchParams} parameters
 */
export function parseSingle(parameters) {
  const given = firstValues(parameters);
  refuse(booleanErrors(given));
  return BOOLEANS.get(given.include_deleted) ?? false;
}

/**
 * @param {Record<string, string>} given
 * @param {{least: number, most: number}} bounds
 */
function limitErrors({ limit }, { least, most }) {
  if (limit === undefined) return [];
  const value = Number(limit);
  if (!/^[+-]?[0-9]{1,18}$/.test(limit)) return [parameterError("invalid integer", "limit", limit)];
  if (value < least) return [parameterError(`expected number >= ${least}`, "limit", value)];
  if (value > most) return [parameterError(`expected number <= ${most}`, "limit", value)];
  return [];
}

/** @param {Record<string, string>} given */
function booleanErrors({ include_deleted: text }) {
  if (text === undefined || BOOLEANS.has(text)) return [];
  return [parameterError("invalid boolean", "include_deleted", text)];
}

/**
 * @param {string} message
 * @param {string} parameter
 * @param {unknown} value
 */
function parameterError(message, parameter, value) {
  return { message, location: `query.${parameter}`, value };
}

/** @param {object[]} errors */
function refuse(errors) {
  if (errors.length) throw new Problem("invalid", errors);
}
