/**
 * The official registry's read API over a folder of static files, for any runtime with a standard
 * fetch handler: Cloudflare Workers and Pages, Deno, Netlify and Vercel edge functions, Node.
 *
 * Parameters, defaults, status codes and problem bodies are those of builder/serve/query.py, which
 * `mcp-registry serve` uses; one conformance suite (tests/conformance/) holds both to them.
 *
 * Unfiltered lists come from the precomputed list pages. Filters (`search`, an exact `version`,
 * `updated_since`) are first applied to the name index (builder/pages/sync/names.py), which says which
 * documents to read. Cloudflare's free plan allows 50 reads of files in one request; when READS
 * are used up the answer ends early and its cursor goes on from there. So a request costs the
 * same at any size of the registry, and a client that follows cursors misses nothing.
 */

const DEFAULT_LIMIT = 30;
const MAX_LIMIT = 100;
const READS = 40;
const NAME_SHARDS = 4;
// About how much of the name index has the names of one page of each list.
const PAGE_CHARACTERS = { all: 1500, latest: 3500 };
const LATEST = "latest";
const AFTER_ALL_VERSIONS = "\u{10ffff}";
const OFFICIAL = "io.modelcontextprotocol.registry/official";
const METHODS = "GET, HEAD, OPTIONS";
// https://docs.github.com/en/copilot/how-tos/administer-copilot/manage-mcp-usage/configure-mcp-registry
const CORS = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Methods": METHODS,
  "Access-Control-Allow-Headers": "*, Authorization, Content-Type, If-None-Match",
  "Access-Control-Expose-Headers": "Content-Type, Content-Length, ETag",
  "Access-Control-Max-Age": "86400",
};
const CACHE = { 200: "public, max-age=60, must-revalidate", 404: "public, max-age=10" };

const RFC3339 =
  /^(\d{4}-\d\d-\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

// The years that a timestamp can be written in, 1 to 9999: an offset can lead out of them.
const FIRST_SECOND = Date.parse("0001-01-01T00:00:00Z") / 1000;
const LAST_SECOND = Date.parse("9999-12-31T23:59:59Z") / 1000;

/** What Go's strconv.ParseBool takes, and the official server with it. */
const BOOLEANS = new Map([
  ...["1", "t", "T", "true", "TRUE", "True"].map((text) => [text, true]),
  ...["0", "f", "F", "false", "FALSE", "False"].map((text) => [text, false]),
]);

/**
 * @typedef {object} Options
 * @property {string} extension  The registry's reverse-DNS name: files are in v0.1/x/<extension>/.
 * @property {string} [prefix]  The path the registry is served under, such as "/registry".
 * @property {boolean} [v0]  Whether /v0 is served too (from the files of /v0.1). Default true.
 *
 * @typedef {{ASSETS?: {fetch: typeof fetch}, BASE_URL?: string}} Env  Where the files are.
 *
 * @typedef {object} Query
 * @property {Position} from  Where the page starts.
 * @property {number} limit
 * @property {string} search  Lower case; "" for any name.
 * @property {string} version  "latest", an exact version, or "" for any.
 * @property {bigint | null} since  Only what was updated after this time (ns since 1970).
 * @property {boolean} includeDeleted
 * @property {Record<string, string>} carried  The filters, as a cursor carries them.
 *
 * @typedef {{name: string, version: string, inclusive: boolean}} Position
 * @typedef {{name: string, version: string, raw: string}} Item  `raw` is its ServerResponse.
 * @typedef {{path: string, last: Position, expected: number}} Source  A file that holds items.
 */

/** An answer that is not a success (RFC 9457). Thrown, and turned into a response in one place. */
class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} title
   * @param {string} detail
   * @param {object[]} errors  The parameters at fault.
   */
  constructor(status, title, detail, errors = []) {
    super(detail);
    const more = errors.length ? { errors } : {};
    this.status = status;
    this.body = JSON.stringify({ title, status, detail, ...more });
  }
}

const notFound = () => new Problem(404, "Not Found", "Server not found");
const noEndpoint = () =>
  new Problem(404, "Not Found", "Endpoint not found. See /docs for the API documentation.");
const badRequest = (/** @type {string} */ detail) => new Problem(400, "Bad Request", detail);
const badTime = () =>
  badRequest(
    "Invalid updated_since format: expected RFC3339 timestamp (e.g., 2025-08-07T13:15:04.280Z)",
  );

/** The built files, read through a binding (Cloudflare) or from an address; counts its reads. */
class Files {
  left = READS;

  /**
   * @param {Env} env
   * @param {string} extension  The registry's reverse-DNS name.
   */
  constructor(env, extension) {
    this.x = `v0.1/x/${extension}`;
    this.base = env.BASE_URL ?? "https://assets.invalid/";
    this.get = env.ASSETS ? env.ASSETS.fetch.bind(env.ASSETS) : fetch;
  }

  /**
   * Read a text file; null if there is none.
   * @param {string} path  Decoded, relative to the root of the built files.
   */
  async text(path) {
    this.left -= 1;
    const parts = path.split("/");
    if (parts.some((part) => part === "" || part === "." || part === "..")) return null;
    const address = this.base.replace(/\/*$/, "/") + parts.map(encodeURIComponent).join("/");
    const response = await this.get(new Request(address));
    if (response.status === 200) return response.text();
    await response.body?.cancel();
    if (response.status >= 500) throw new Problem(502, "Bad Gateway", "The files cannot be read");
    return null;
  }

  /** @param {string} path */
  async json(path) {
    const text = await this.text(path);
    if (text === null) throw new Problem(502, "Bad Gateway", `${path} is missing`);
    return JSON.parse(text);
  }
}

/**
 * Make the fetch handler of a registry.
 * @param {Options} options
 */
export function registry(options) {
  return {
    /**
     * @param {Request} request
     * @param {Env} env
     */
    async fetch(request, env) {
      try {
        return await respond(request, env, options);
      } catch (error) {
        if (error instanceof Problem) return problem(request, error);
        throw error;
      }
    },
  };
}

/**
 * @param {Request} request
 * @param {Env} env
 * @param {Options} options
 */
async function respond(request, env, { extension, prefix = "", v0 = true }) {
  const url = new URL(request.url);
  if (/\0|%00/.test(url.pathname + url.search)) throw badRequest("NUL characters are not allowed");
  const match = /^\/(v0|v0\.1)(\/.*)?$/.exec(url.pathname.slice(prefix.length));
  if (!url.pathname.startsWith(prefix) || match === null || match[2]?.startsWith("/x/")) {
    return asset(request, env, url, prefix);
  }
  if (request.method === "OPTIONS") {
    return new Response(null, { status: 204, headers: { ...CORS, Allow: METHODS } });
  }
  if (!["GET", "HEAD"].includes(request.method)) {
    const detail = `${request.method} is not supported: this registry is read-only`;
    throw new Problem(405, "Method Not Allowed", detail);
  }
  if (match[1] === "v0" && !v0) throw noEndpoint();
  if (url.pathname.endsWith("/")) {
    const location = `/${url.pathname.replace(/^\/+|\/+$/g, "")}${url.search}`;
    return new Response(null, { status: 308, headers: { ...CORS, Location: location } });
  }
  const path = decode((match[2] ?? "").slice(1));
  const files = new Files(env, extension);
  const body = await document(files, path, url.searchParams);
  return success(request, body, files);
}

/**
 * @param {Files} files
 * @param {string} path  Decoded, below /v0.1/.
 * @param {URLSearchParams} parameters
 */
async function document(files, path, parameters) {
  if (path === "servers") return list(files, parameters);
  if (!path.startsWith("servers/")) {
    const small = await files.text(`v0.1/${path}/index.json`);
    if (small === null) throw noEndpoint();
    return small;
  }
  const given = firstValues(parameters);
  refuse(booleanErrors(given));
  const deleted = BOOLEANS.get(given.include_deleted) ?? false;
  // The official server decodes twice, so that names which a client encoded twice are found.
  const found =
    (await single(files, path, deleted)) ??
    (path.includes("%") ? await single(files, decode(path), deleted) : null);
  if (found === null) throw notFound();
  return found;
}

/**
 * @param {Files} files
 * @param {string} path  Decoded, `servers/...`.
 * @param {boolean} deleted  Whether deleted versions are wanted too.
 */
async function single(files, path, deleted) {
  const tail = path.slice("servers/".length);
  const hidden = deleted ? await files.text(`${files.x}/deleted/${tail}/index.json`) : null;
  return hidden ?? files.text(`v0.1/${path}/index.json`);
}

/**
 * Answer a list request.
 * @param {Files} files
 * @param {URLSearchParams} parameters
 */
async function list(files, parameters) {
  const query = await parse(files, parameters);
  const { items, next } = await collect(files, sources(files, query), query);
  const cursor = next ? `"nextCursor":"${encodeCursor(next, query)}",` : "";
  const raw = items.map((item) => item.raw).join(",");
  return `{"servers":[${raw}],"metadata":{${cursor}"count":${items.length}}}`;
}

/**
 * Read files until the page is full and one item more is known, or the reads are used up.
 * @param {Files} files
 * @param {AsyncGenerator<Source>} from
 * @param {Query} query
 * @returns {Promise<{items: Item[], next: Position | null}>}
 */
async function collect(files, from, query) {
  /** @type {Item[]} */
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
 * Put sources together that are read at the same time: as many as should fill the page.
 * @param {Files} files
 * @param {AsyncGenerator<Source>} from
 * @param {() => number} missing  How many items are still wanted.
 */
async function* batches(files, from, missing) {
  /** @type {Source[]} */
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

/**
 * Name the files that hold the answer, in the list's order.
 * @param {Files} files
 * @param {Query} query
 */
async function* sources(files, query) {
  const isSparse = query.search || query.since !== null || !["", LATEST].includes(query.version);
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
 * @param {Files} files
 * @param {Query} query
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
 * @param {Files} files
 * @param {Query} query
 * @returns {AsyncGenerator<Source & {place: number}>}
 */
async function* namesMatching(files, query) {
  const { shards } = await files.json(`${files.x}/names/index.json`);
  const wanted = shards.filter((/** @type {{last: string}} */ one) => one.last >= query.from.name);
  let start = 0;
  for (const shard of wanted.slice(0, NAME_SHARDS)) {
    const text = (await files.text(`${files.x}/names/${shard.url}`)) ?? "";
    for (const { line, index } of linesWith(text, query.search)) {
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
 * Tell whether a timestamp as the builder writes it is later than a time.
 * @param {string} text
 * @param {bigint} time
 */
function isAfter(text, time) {
  const second = new Date(Number(time / 1_000_000n)).toISOString().slice(0, 19);
  return text.slice(0, 19) >= second && nanoseconds(text) > time;
}

/**
 * Name the file that holds the versions of a server which a query asks for; null if it has none.
 * @param {Files} files
 * @param {string} name
 * @param {string[]} marked  Versions as in a path; `!` after a deleted one, `*` after the latest.
 * @param {Query} query
 * @returns {Source | null}
 */
function serverSource(files, name, marked, query) {
  const asked = marked.filter((text) => {
    if (text.includes("!") && !query.includeDeleted) return false;
    if (query.version === LATEST) return text.endsWith("*");
    return !query.version || decode(text.replace(/[!*]+$/, "")) === query.version;
  });
  if (!asked.length) return null;
  const folder = asked.some((text) => text.includes("!")) ? `${files.x}/deleted` : "v0.1/servers";
  const one = query.version ? `/${query.version}` : "";
  return {
    path: `${folder}/${name}/versions${one}/index.json`,
    last: afterName(name),
    expected: query.since === null ? asked.length : 1,
  };
}

/**
 * Pick from a response (one item or a list) the items that a query asks for, by version.
 * @param {string} text
 * @param {Query} query
 * @returns {Item[]}
 */
function matching(text, query) {
  const items = [];
  for (const raw of responses(text)) {
    const { server, _meta } = JSON.parse(raw);
    const official = _meta[OFFICIAL];
    if (isBefore(server, query.from)) continue;
    if (!server.name.toLowerCase().includes(query.search)) continue;
    if (official.status === "deleted" && !query.includeDeleted) continue;
    if (query.since !== null && nanoseconds(official.updatedAt) <= query.since) continue;
    const isAsked = query.version === LATEST ? official.isLatest : query.version === server.version;
    if (query.version && !isAsked) continue;
    items.push({ name: server.name, version: server.version, raw });
  }
  return items.sort((a, b) => order(a.name, b.name) || order(a.version, b.version));
}

/**
 * Cut a response into its ServerResponses without parsing them: what a publisher wrote is passed
 * on as it is, and JavaScript would round its numbers.
 * @param {string} text
 */
function responses(text) {
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
 * Read the parameters of the list. Of a parameter given twice the first counts, an empty one is
 * as good as none, unknown ones are ignored: all as upstream does.
 * @param {Files} files
 * @param {URLSearchParams} parameters
 * @returns {Promise<Query>}
 */
async function parse(files, parameters) {
  const given = firstValues(parameters);
  refuse([...limitErrors(given), ...booleanErrors(given)]);
  const { from, carried } = await decodeCursor(files, given.cursor ?? "");
  // A cursor carries its own filter: VS Code drops `search` on every page but the first.
  const { search = "", version = "", updated_since, include_deleted } = { ...carried, ...given };
  const since = updated_since === undefined ? null : nanoseconds(updated_since);
  if (since !== null && BOOLEANS.get(include_deleted) === false) {
    throw badRequest(
      "updated_since always includes deleted servers: it cannot go with include_deleted=false",
    );
  }
  const includeDeleted = since !== null || (BOOLEANS.get(include_deleted) ?? false);
  const filters = {
    search,
    version,
    updated_since,
    include_deleted: includeDeleted && since === null ? "true" : "",
  };
  return {
    from,
    limit: Number(given.limit ?? DEFAULT_LIMIT),
    search: search.toLowerCase(),
    version,
    since,
    includeDeleted,
    carried: Object.fromEntries(Object.entries(filters).filter(([, value]) => value)),
  };
}

/**
 * Read a cursor: one of ours, the number of a list page, or upstream's `name:version`.
 * @param {Files} files
 * @param {string} text
 * @returns {Promise<{from: Position, carried: Record<string, string>}>}
 */
async function decodeCursor(files, text) {
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
    return texts.every((one) => typeof one === "string") ? [name, version, carried] : null;
  } catch {
    return null; // not base64, or not JSON: not ours
  }
}

/**
 * Give the position at which a list page starts; the beginning if there is no such page.
 * @param {Files} files
 * @param {string} folder
 * @param {number} number
 * @returns {Promise<Position>}
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
 * @param {Position} position
 * @param {Query} query
 */
function encodeCursor({ name, version }, { carried }) {
  const value = Object.keys(carried).length ? [name, version, carried] : [name, version];
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * @param {URLSearchParams} parameters
 * @returns {Record<string, string>}
 */
function firstValues(parameters) {
  const keys = [...new Set(parameters.keys())].filter((key) => parameters.get(key));
  return Object.fromEntries(keys.map((key) => [key, parameters.get(key) ?? ""]));
}

/** @param {Record<string, string>} given */
function limitErrors({ limit }) {
  if (limit === undefined) return [];
  const value = Number(limit);
  if (!/^[+-]?[0-9]{1,18}$/.test(limit)) return [parameterError("invalid integer", "limit", limit)];
  if (value < 1) return [parameterError("expected number >= 1", "limit", value)];
  if (value > MAX_LIMIT) return [parameterError(`expected number <= ${MAX_LIMIT}`, "limit", value)];
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
  if (errors.length) throw new Problem(422, "Unprocessable Entity", "validation failed", errors);
}

/**
 * Read an RFC 3339 timestamp as nanoseconds since 1970.
 * @param {string} text
 */
function nanoseconds(text) {
  const [, date, hour, minute, second, fraction = "", sign, hours = "0", minutes = "0"] =
    RFC3339.exec(text) ?? [];
  const day = Date.parse(`${date}T00:00:00Z`);
  const isReal = !Number.isNaN(day) && new Date(day).toISOString().startsWith(date);
  if (!isReal || +hour > 23 || +minute > 59 || +second > 60 || +hours > 23 || +minutes > 59) {
    throw badTime();
  }
  const zone = (+hours * 60 + +minutes) * (sign === "-" ? -60 : 60);
  const seconds = day / 1000 + +hour * 3600 + +minute * 60 + +second - zone;
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND) throw badTime();
  return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/**
 * Tell whether a list from this position on leaves a key out. Without a version: all versions.
 * @param {{name: string, version?: string}} key
 * @param {Position} from
 */
function isBefore({ name, version }, from) {
  if (name !== from.name) return name < from.name;
  if (version === undefined) return false;
  return from.inclusive ? version < from.version : version <= from.version;
}

/**
 * Give the position after every version of a name.
 * @param {string} name
 * @returns {Position}
 */
function afterName(name) {
  return { name, version: AFTER_ALL_VERSIONS, inclusive: false };
}

/** @param {string} text `name:version`; the version may hold colons, and may be absent. */
function splitKey(text) {
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

/** @param {string} url */
function basename(url) {
  return url.slice(url.lastIndexOf("/") + 1);
}

/**
 * Undo one level of percent-encoding (contract, section 1.3).
 * @param {string} path
 */
function decode(path) {
  const name = path.split("/versions/", 1)[0];
  return unescaped(name, "server name") + unescaped(path.slice(name.length), "version");
}

/**
 * @param {string} text
 * @param {string} what
 */
function unescaped(text, what) {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badRequest(`Invalid ${what} encoding`);
  }
}

/**
 * Hand a request that is not for the API to the host. What it says of files that are there (a year
 * for those named by their content) must not hold for one that is missing.
 * @param {Request} request
 * @param {Env} env
 * @param {URL} url
 * @param {string} prefix
 */
async function asset(request, env, url, prefix) {
  const get = env.ASSETS ? env.ASSETS.fetch.bind(env.ASSETS) : fetch;
  // Not as a relative address: one that begins with two slashes would name another host.
  const target = new URL(env.ASSETS ? url : (env.BASE_URL ?? url));
  const base = env.ASSETS ? "" : target.pathname.replace(/\/*$/, "");
  target.pathname = base + url.pathname.slice(url.pathname.startsWith(prefix) ? prefix.length : 0);
  target.search = url.search;
  const response = await get(new Request(target, request));
  if (response.status !== 404) return response;
  const headers = new Headers(response.headers);
  headers.set("Cache-Control", CACHE[404]);
  if (headers.has("Content-Type")) return new Response(response.body, { status: 404, headers });
  target.pathname = `${base}/404`; // Cloudflare's address of 404.html
  const page = await get(new Request(target, { method: request.method }));
  headers.set("Content-Type", page.headers.get("Content-Type") ?? "text/plain");
  return new Response(page.body, { status: 404, headers });
}

/**
 * @param {Request} request
 * @param {string} body
 * @param {Files} files
 */
async function success(request, body, files) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
  const tag = `"${hex.join("").slice(0, 32)}"`;
  const headers = {
    ...CORS,
    "Content-Type": "application/json",
    "Cache-Control": CACHE[200],
    ETag: tag,
    "Server-Timing": `files;desc="${READS - files.left} files read"`,
  };
  const known = (request.headers.get("If-None-Match") ?? "").split(/\s*,\s*(?:W\/)?|^\s*W\//);
  if (known.includes(tag) || known.includes("*")) {
    return new Response(null, { status: 304, headers });
  }
  return new Response(request.method === "HEAD" ? null : body, { headers });
}

/**
 * @param {Request} request
 * @param {Problem} error
 */
function problem(request, error) {
  const headers = {
    ...CORS,
    "Content-Type": "application/problem+json",
    "Cache-Control": CACHE[404],
    ...(error.status === 405 ? { Allow: METHODS } : {}),
  };
  const body = request.method === "HEAD" ? null : error.body;
  return new Response(body, { status: error.status, headers });
}
