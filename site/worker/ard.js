/**
 * The search interface of Agentic Resource Discovery 0.91, as builder/search/ard.py has it: POST search,
 * GET agents, POST explore below `/v0.1/x/<extension namespace>/ard/`.
 */

import { search } from "../assets/search/engine.js";
import { postings } from "../assets/search/numbers.js";
import { Index } from "../assets/search/searchindex.js";
import { CARD_TYPE, publisher, resource } from "./resource.js";

const USUAL = 10;
const MOST = 20;
const LIST_USUAL = 20;
const FACETS_USUAL = 20;
const MOST_FACETS = 10;
const LONGEST_TEXT = 1000;
const LARGEST_BODY = 64 * 1024;
const FEDERATION = ["auto", "referrals", "none"];
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

class ArdError extends Error {}

const ANSWERS = {
  search: { method: "POST", answer: searched },
  explore: { method: "POST", answer: explored },
  agents: { method: "GET", answer: listed },
};

/**
 * Answer a request of the interface; null for a method that is not its own.
 * @param {Request} request
 * @param {URL} url
 * @param {string} name  What is asked for, the last part of the path.
 * @param {import("./files.js").Files} files
 */
export async function ard(request, url, name, files) {
  const { cors, prefix, baseUrl } = files.settings;
  if (!Object.hasOwn(ANSWERS, name)) return null;
  const { method, answer } = ANSWERS[name];
  const allow = `${method}, OPTIONS`;
  const headers = { ...cors, "Access-Control-Allow-Methods": allow, "Cache-Control": "no-cache" };
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { ...headers, Allow: allow } });
  if (request.method !== method) return null;
  const json = { ...headers, "Content-Type": "application/json" };
  try {
    const index = await new Index((path) => files.json(`${files.x}/search/${path}`)).open();
    const source = `${url.origin}${prefix}/${files.x}/ard/`;
    const registry = { index, baseUrl, source };
    const asked = method === "POST" ? await body(request) : url.searchParams;
    return new Response(JSON.stringify(await answer(registry, asked)), { headers: json });
  } catch (error) {
    if (!(error instanceof ArdError)) throw error;
    const told = { errorCode: "INVALID_ARGUMENT", message: error.message };
    return new Response(JSON.stringify(told), { status: 400, headers: json });
  }
}

async function body(request) {
  const bytes = await request.arrayBuffer();
  if (bytes.byteLength > LARGEST_BODY) throw new ArdError("the body has more than 65,536 bytes");
  try {
    return object(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)), "the body");
  } catch (error) {
    throw error instanceof ArdError ? error : new ArdError("the body is not JSON");
  }
}

async function searched({ index, baseUrl, source }, asked) {
  const query = object(asked.query, "query");
  const federation = asked.federation ?? "auto";
  if (!FEDERATION.includes(federation)) throw new ArdError(`federation is one of ${FEDERATION.join(", ")}`);
  const { text } = query;
  if (typeof text !== "string" || !text.trim()) throw new ArdError("query.text is required, and a text");
  const found = await search(index, shortened(text), await accepts(index, query.filter));
  const size = within(asked.pageSize, USUAL);
  const start = starting(asked.pageToken);
  const rows = await index.rows(found.servers.slice(start, start + size));
  const results = rows.map((row, place) => {
    return { ...resource(baseUrl, row), score: score(start + place, found.complete), source };
  });
  const referrals = federation === "referrals" ? { referrals: [] } : {};
  return { results, ...referrals, ...token(start + size, found.servers.length) };
}

async function listed({ index, baseUrl }, parameters) {
  const lets = await accepts(index, conditions(parameters.get("filter") ?? ""));
  const servers = await ordered(index, shown(index, lets), parameters.get("orderBy") ?? "");
  const size = parameters.get("pageSize") ?? "";
  const count = within(/^[0-9]{1,9}$/.test(size) ? Number(size) : null, LIST_USUAL);
  const start = starting(parameters.get("pageToken"));
  const rows = await index.rows(servers.slice(start, start + count));
  const items = rows.map((row) => resource(baseUrl, row));
  return { items, total: servers.length, ...token(start + count, servers.length) };
}

async function explored({ index }, asked) {
  const query = object(asked.query ?? {}, "query");
  const { facets } = object(asked.resultType, "resultType");
  if (!Array.isArray(facets) || !facets.length || facets.length > MOST_FACETS) {
    throw new ArdError(`resultType.facets is a list of 1 to ${MOST_FACETS} facets`);
  }
  const lets = await accepts(index, query.filter);
  const { text = "" } = query;
  if (typeof text !== "string") throw new ArdError("query.text is a text");
  const servers = text.trim() ? (await search(index, shortened(text), lets)).servers : shown(index, lets);
  const made = {};
  for (const facet of facets) {
    const { field, minCount, limit } = object(facet, "a facet");
    const counts = await counted(index, servers, field);
    const least = within(minCount, 1, index.priors.length || 1);
    const told = [...counts].filter(([value, count]) => value && count >= least);
    told.sort(([left, more], [right, less]) => less - more || (left < right ? -1 : 1));
    const buckets = told.slice(0, within(limit, FACETS_USUAL, 100)).map(([value, count]) => ({ value, count }));
    const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
    made[field] = { buckets, otherCount: sum([...counts.values()]) - sum(buckets.map(({ count }) => count)) };
  }
  return { resultType: "facets", facets: made };
}

function score(place, complete) {
  return place < complete ? Math.max(51, 100 - place) : Math.max(1, 50 - (place - complete));
}

function shown(index, lets) {
  return Array.from(index.priors.keys()).filter((server) => index.priors[server] && lets(server));
}

/** How many servers have each value; "" counts those of publishers with few servers. */
async function counted(index, servers, field) {
  const counts = new Map();
  const add = (value) => counts.set(value, (counts.get(value) ?? 0) + 1);
  if (field === "type") return servers.length ? new Map([[CARD_TYPE, servers.length]]) : counts;
  if (field !== "tags" && field !== "publisher") throw new ArdError("field is one of type, tags, publisher");
  const { topics, topic, namespaces, namespace } = await index.file(index.top.facets);
  if (field === "tags") {
    for (const column of topic) {
      for (const server of servers) if (column[server] !== "-") add(topics[DIGITS.indexOf(column[server])][1]);
    }
    return counts;
  }
  for (const server of servers) {
    const place = DIGITS.indexOf(namespace[server]);
    add(place < 0 ? "" : publisher(namespaces[place]));
  }
  return counts;
}

/** Which servers a filter lets through: within a key any value, across keys all. */
async function accepts(index, filters) {
  if (filters === undefined || filters === null) return () => true;
  const sets = [];
  for (const [key, values] of Object.entries(object(filters, "query.filter"))) {
    sets.push(await having(index, key, Array.isArray(values) ? values : [values]));
  }
  const allowed = sets.filter((servers) => servers !== null);
  return (server) => allowed.every((servers) => servers.has(server));
}

/** The servers that have one of some values, null for all. */
async function having(index, key, values) {
  const texts = values.filter((value) => typeof value === "string");
  if (key === "type") return texts.includes(CARD_TYPE) ? null : new Set();
  let terms;
  if (key === "tags") {
    const { topics } = await index.file(index.top.facets);
    terms = topics.filter((topic) => topic.some((name) => texts.includes(name))).map(([slug]) => `#${slug}`);
  } else if (key === "publisher") {
    terms = texts.map((text) => `@${text.toLowerCase().split(".").reverse().join(".")}`);
  } else {
    throw new ArdError(`filter: '${key}' is not one of type, tags, publisher`);
  }
  const found = new Set();
  for (const term of terms) {
    const shard = await index.shard(index.shardOf(term));
    for (const [server] of postings(Object.hasOwn(shard, term) ? shard[term] : "")) found.add(server);
  }
  return found;
}

/** Read `type = '...' AND tags = '...'`. */
function conditions(text) {
  if (!text.trim()) return null;
  const found = {};
  for (const part of text.split(" AND ")) {
    const match = /^\s*(\w+)\s*=\s*'([^']*)'\s*$/.exec(part);
    if (!match) throw new ArdError("filter has the form: tags = 'Databases' AND publisher = 'example.com'");
    (found[match[1]] ??= []).push(match[2]);
  }
  return found;
}

async function ordered(index, servers, order) {
  if (!order) return servers;
  const match = /^(displayName|updatedAt)(?: (ASC|DESC))?$/.exec(order);
  if (!match) throw new ArdError("orderBy is displayName or updatedAt, with ASC or DESC behind it");
  const column = await index.file(index.top[match[1] === "displayName" ? "names" : "days"]);
  const sign = match[2] === "DESC" ? -1 : 1;
  return [...servers].sort((left, right) => sign * (column[left] - column[right]) || left - right);
}

/** The start of a long text, cut between characters as Python counts them. */
function shortened(text) {
  return text.length <= LONGEST_TEXT ? text : [...text].slice(0, LONGEST_TEXT).join("");
}

function object(value, name) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new ArdError(`${name} is an object`);
  return value;
}

function within(value, usual, most = MOST) {
  return Number.isInteger(value) ? Math.max(1, Math.min(most, value)) : usual;
}

function starting(text) {
  if (text === undefined || text === null) return 0;
  if (typeof text !== "string" || !/^[0-9]{1,9}$/.test(text)) throw new ArdError("pageToken is none that this registry gave");
  return Number(text);
}

function token(following, count) {
  return following < count ? { pageToken: String(following) } : {};
}
