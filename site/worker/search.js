/**
 * The search API: `/v0.1/x/<extension namespace>/search?q=...`, as builder/search/answer.py has it.
 * The engine is the browser's; a request reads at most 38 files: index, head, meaning in three, vocabulary,
 * 12 of terms and 20 of servers.
 */

import { search } from "../assets/search/engine.js";
import { postings } from "../assets/search/numbers.js";
import { Index } from "../assets/search/searchindex.js";

const USUAL = 10;
const MOST = 20;
const FURTHEST = 10_000;

/**
 * @param {import("./files.js").Files} files
 * @param {URLSearchParams} parameters
 * @returns {Promise<string>} the answer, as JSON
 */
export async function searchAnswer(files, parameters) {
  const index = await new Index((path) => files.json(`${files.x}/search/${path}`)).open();
  const given = (name) => parameters.get(name) ?? "";
  const query = given("q");
  const limit = Math.max(1, Math.min(MOST, number(given("limit"), USUAL)));
  const offset = Math.min(FURTHEST, number(given("offset"), 0));
  const found = await search(index, query, await accepts(index, given("topic")));
  const rows = await index.rows(found.servers.slice(offset, offset + limit));
  return JSON.stringify({
    query,
    total: found.servers.length,
    complete: found.complete,
    suggestion: found.suggestion,
    offset,
    results: rows.map(result),
  });
}

/**
 * Whether a server has a topic: of servers that are the same it is that of the one to show.
 * @param {string} topic  "" for any.
 */
async function accepts(index, topic) {
  if (!topic) return () => true;
  const shard = await index.shard(index.shardOf(`#${topic}`));
  const text = Object.hasOwn(shard, `#${topic}`) ? shard[`#${topic}`] : "";
  const servers = new Set(postings(text).map(([server]) => server));
  return (server) => servers.has(index.groups.get(server)?.[0] ?? server);
}

function result([name, title, description, version, changed, runs, , topics, deprecated, alsoAs]) {
  return {
    name,
    title: title || name.slice(name.indexOf("/") + 1),
    description,
    version,
    changed,
    runs,
    topics,
    deprecated: Boolean(deprecated),
    alsoAs,
  };
}

function number(text, usual) {
  return /^[0-9]{1,9}$/.test(text) ? Number(text) : usual;
}
