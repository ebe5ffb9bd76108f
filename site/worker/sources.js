/**
 * Which files hold the answer to a query. Unfiltered lists come from the precomputed list pages.
 * Filters are first applied to the name index (builder/pages/sync/names.py), which says which
 * documents to read.
 */

import { basename } from "./files.js";
import { AFTER_ALL_VERSIONS, LATEST, afterName, isBefore, splitKey } from "./items.js";
import { decode } from "./path.js";
import { isAfter } from "./time.js";

const NAME_SHARDS = 4;
// About how much of the name index has the names of one page of each list.
const PAGE_CHARACTERS = { all: 1500, latest: 3500 };

/**
 * Name the files that hold the answer, in the list's order.
 * @param {import("./files.js").Files} files
 * @param {import("./types.js").Query} query
 */
export async function* sources(files, query) {
  // The name index has no descriptions: what is searched in them is looked for in the lists.
  const search = query.searchesDescriptions ? "" : query.search;
  const isSparse = search || query.since !== null || !["", LATEST].includes(query.version);
  if (!isSparse) {
    yield* listPages(files, query);
    return;
  }
  const names = namesMatching(files, query);
  const first = [];
  for (let known = 0; known <= query.limit; ) {
    const { value, done } = await names.next();
    if (done) break;
    first.push(value);
    known += value.expected;
  }
  // Where many names match, a page of the list holds several of them: fewer files to read.
  const distance = first.length ? first[first.length - 1].place - first[0].place : 0;
  const listName = query.version === LATEST ? LATEST : "all";
  if (first.length > distance / PAGE_CHARACTERS[listName] + 2) {
    yield* listPages(files, query);
    return;
  }
  yield* first;
  yield* names;
}

/**
 * Name the precomputed list pages from the query's position on.
 * @param {import("./files.js").Files} files
 * @param {import("./types.js").Query} query
 */
async function* listPages(files, query) {
  const isLatest = query.version === LATEST && !query.includeDeleted;
  const folder = `${files.x}/pages/${isLatest ? LATEST : "all"}`;
  /** @type {(text: string) => {name: string, version?: string}} */
  const key = (text) => (isLatest ? { name: text } : splitKey(text));
  const index = await files.json(`${folder}/index.json`);
  for (const part of index.parts ?? [{}]) {
    if (part.last !== undefined && isBefore(key(part.last), query.from)) continue;
    const { pages } = part.url ? await files.json(`${folder}/index/${basename(part.url)}`) : index;
    for (const page of pages) {
      if (isBefore(key(page.last), query.from)) continue;
      const { name, version = AFTER_ALL_VERSIONS } = key(page.last);
      const last = { name, version, inclusive: false };
      yield { path: `${folder}/${basename(page.url)}`, last, expected: page.count };
    }
  }
}

/**
 * Name the files of the servers that match, by the name index, from the query's position on.
 *
 * `place` is how far into the index a name is. If there are more shards than one request may read,
 * the last source has no path: the list goes on after it.
 * @param {import("./files.js").Files} files
 * @param {import("./types.js").Query} query
 * @returns {AsyncGenerator<import("./types.js").Source & {place: number}>}
 */
async function* namesMatching(files, query) {
  const { shards } = await files.json(`${files.x}/names/index.json`);
  const wanted = shards.filter((/** @type {{last: string}} */ shard) => shard.last >= query.from.name);
  let start = 0;
  for (const shard of wanted.slice(0, NAME_SHARDS)) {
    const text = (await files.text(`${files.x}/names/${shard.url}`)) ?? "";
    for (const { line, index } of linesWith(text, query.searchesDescriptions ? "" : query.search)) {
      const [name, updated, ...versions] = line.split("\t");
      if (name < query.from.name) continue;
      if (query.since !== null && !isAfter(updated, query.since)) continue;
      const source = serverSource(files, name, versions, query);
      if (source) yield { ...source, place: start + index };
    }
    start += text.length;
  }
  if (wanted.length > NAME_SHARDS) {
    yield { path: "", last: afterName(wanted[NAME_SHARDS - 1].last), expected: Infinity, place: start };
  }
}

/**
 * Find the lines of the name index whose name has a text in it. Cloudflare's free plan allows 10 ms
 * of computing, and to cut 30,000 lines apart takes 20: so only those found are cut out. Names are
 * ASCII, so folding moves nothing.
 * @param {string} text
 * @param {string} search  In lower case.
 */
function* linesWith(text, search) {
  const folded = text.toLowerCase();
  for (let at = folded.indexOf(search); at >= 0 && at < text.length; ) {
    const index = text.lastIndexOf("\n", at - 1) + 1;
    const end = text.indexOf("\n", at);
    const isInName = at + search.length <= text.indexOf("\t", index);
    if (isInName) yield { line: text.slice(index, end), index };
    at = folded.indexOf(search, end + 1);
  }
}

/**
 * Name the file that holds the versions of a server which a query asks for; null if it has none.
 * @param {import("./files.js").Files} files
 * @param {string} name
 * @param {string[]} marked  Versions as in a path; `!` after a deleted one, `*` after the latest.
 * @param {import("./types.js").Query} query
 * @returns {import("./types.js").Source | null}
 */
function serverSource(files, name, marked, query) {
  const asked = marked.filter((text) => {
    if (text.includes("!") && !query.includeDeleted) return false;
    if (query.version === LATEST) return text.endsWith("*");
    return !query.version || decode(text.replace(/[!*]+$/, "")) === query.version;
  });
  if (!asked.length) return null;
  const folder = asked.some((text) => text.includes("!")) ? `${files.x}/deleted` : "v0.1/servers";
  const suffix = query.version ? `/${query.version}` : "";
  return {
    path: `${folder}/${name}/versions${suffix}/index.json`,
    last: afterName(name),
    expected: query.since === null ? asked.length : 1,
  };
}
