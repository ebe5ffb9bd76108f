/** The list: read files until the page is full and one item more is known, or the reads are used up. */

import { encodeCursor } from "./cursor.js";
import { matching } from "./items.js";
import { newestChange } from "./overlap.js";
import { parseList } from "./parameters.js";
import { Problem } from "./problem.js";
import { sources } from "./sources.js";
import { changeTime } from "./time.js";

/**
 * Answer a list request.
 * @param {import("./files.js").Files} files
 * @param {URLSearchParams} parameters
 * @param {string} collection  The folder of a collection, "" for the whole registry.
 */
export async function list(files, parameters, collection) {
  const query = await parseList(files, parameters);
  const { items, next } = collection
    ? await fromOne(files, `${collection}/versions.json`, query)
    : await collect(files, sources(files, query), query);
  const cursor = next ? `"nextCursor":"${encodeCursor(next, await carriedBy(files, query))}",` : "";
  const raw = items.map((item) => item.raw).join(",");
  return `{"servers":[${raw}],"metadata":{${cursor}"count":${items.length}}}`;
}

/**
 * Take a page out of one file that has every version.
 * @param {import("./files.js").Files} files
 * @param {string} path
 * @param {import("./types.js").Query} query
 * @returns {Promise<{items: import("./types.js").Item[], next: import("./types.js").Position | null}>}
 */
async function fromOne(files, path, query) {
  const text = await files.text(path);
  if (text === null) throw new Problem("noEndpoint");
  const found = matching(text, query);
  const items = found.slice(0, query.limit);
  const next = found.length > query.limit ? { ...items[query.limit - 1], inclusive: false } : null;
  return { items, next };
}

/**
 * Read files until the page is full and one item more is known, or the reads are used up.
 * @param {import("./files.js").Files} files
 * @param {AsyncGenerator<import("./types.js").Source>} from
 * @param {import("./types.js").Query} query
 * @returns {Promise<{items: import("./types.js").Item[], next: import("./types.js").Position | null}>}
 */
async function collect(files, from, query) {
  /** @type {import("./types.js").Item[]} */
  const items = [];
  for await (const batch of batches(files, from, () => query.limit + 1 - items.length)) {
    const texts = await Promise.all(batch.map(({ path }) => path && files.text(path)));
    items.push(...texts.flatMap((text) => (text ? matching(text, query) : [])));
    if (items.length > query.limit) {
      const page = items.slice(0, query.limit);
      return { items: page, next: { ...page[query.limit - 1], inclusive: false } };
    }
    const { path, last } = batch[batch.length - 1];
    if (!path || files.left <= 0) return { items, next: last };
  }
  return { items, next: null };
}

/**
 * Return what the next cursor carries: the filters and, in a walk of `updated_since`, the newest change
 * when it began (builder/serve/query.py says why). Costs one read, on the first page.
 * @param {import("./files.js").Files} files
 * @param {import("./types.js").Query} query
 */
async function carriedBy(files, { since, until, carried }) {
  if (since === null) return carried;
  return { ...carried, until: until === null ? await newestChange(files) : changeTime(until) };
}

/**
 * Put sources together that are read at the same time: as many as should fill the page.
 * @param {import("./files.js").Files} files
 * @param {AsyncGenerator<import("./types.js").Source>} from
 * @param {() => number} missing  How many items are still wanted.
 */
async function* batches(files, from, missing) {
  /** @type {import("./types.js").Source[]} */
  let batch = [];
  let expected = 0;
  for await (const source of from) {
    batch.push(source);
    expected += source.expected;
    if (expected >= missing() || batch.length >= files.left) {
      yield batch;
      batch = [];
      expected = 0;
    }
  }
  if (batch.length) yield batch;
}

