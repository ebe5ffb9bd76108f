// How many files one request reads, at sizes that no test builds: the files are made when asked for.
import assert from "node:assert/strict";
import { test } from "node:test";

import { readFileSync } from "node:fs";

import { registry } from "../../site/worker/worker.js";

// As the builder writes them, by test_node.py.
const SETTINGS = JSON.parse(readFileSync(process.env.SETTINGS, "utf8"));

const X = "v0.1/x/com.example";
const OFFICIAL = "io.modelcontextprotocol.registry/official";
const WORDS = ["weather", "github", "sql", "files", "search", "maps", "mail"];
const PAGE = 60;
const SHARD = 10_000;
const VERSIONS = 3;
const UPDATED = "2026-01-01T00:00:00Z";

/** A registry of `size` servers with three versions each, as the builder would write its files. */
class Registry {
  reads = 0;

  constructor(size) {
    this.size = size;
  }

  name(number) {
    const word = number % 1000 === 0 ? "rare" : WORDS[number % WORDS.length];
    return `io.github.user${String(number).padStart(7, "0")}/${word}`;
  }

  item(name, version) {
    const updatedAt = name.endsWith("rare") ? "2026-06-01T00:00:00Z" : UPDATED;
    const official = { status: "active", updatedAt, isLatest: version === "1.2.0" };
    return JSON.stringify({ server: { name, description: "{", version }, _meta: { [OFFICIAL]: official } });
  }

  versions(name) {
    return Array.from({ length: VERSIONS }, (_, number) => this.item(name, `1.${number}.0`));
  }

  rows(isLatest) {
    return this.size * (isLatest ? 1 : VERSIONS);
  }

  key(row, isLatest) {
    if (isLatest) return this.name(row);
    return `${this.name(Math.floor(row / VERSIONS))}:1.${row % VERSIONS}.0`;
  }

  pageRow(number, isLatest) {
    const start = (number - 1) * PAGE;
    const end = Math.min(start + PAGE, this.rows(isLatest));
    return { url: `${number}.json`, count: end - start, first: this.key(start, isLatest), last: this.key(end - 1, isLatest) };
  }

  /** The body of a file, null if there is none. */
  body(path) {
    const [, list, rest] = /pages\/(all|latest)\/(.*)$/.exec(path) ?? [];
    if (list) return this.listFile(list === "latest", rest);
    const [, shard] = /names\/(?:shard\/(\d+)\.txt|index\.json)$/.exec(path) ?? [];
    if (path.endsWith("names/index.json")) return JSON.stringify({ shards: this.shards() });
    if (shard) return this.shard(Number(shard));
    if (path.endsWith("changes/index.json")) return JSON.stringify({ shards: [{ since: UPDATED, until: UPDATED, url: "1.json" }] });
    const [, name, version] = /^v0\.1\/servers\/([^/]+\/[^/]+)\/versions\/(?:([^/]+)\/)?index\.json$/.exec(path) ?? [];
    if (version) return this.item(name, version === "latest" ? "1.2.0" : version);
    return name ? `{"servers":[${this.versions(name)}],"metadata":{"count":${VERSIONS}}}` : null;
  }

  listFile(isLatest, path) {
    const pages = Math.ceil(this.rows(isLatest) / PAGE);
    const part = (start) => Array.from({ length: Math.min(128, pages - start) }, (_, n) => this.pageRow(start + n + 1, isLatest));
    if (path === "index.json") {
      const starts = Array.from({ length: Math.ceil(pages / 128) }, (_, n) => n * 128);
      const parts = starts.map((start) => ({ url: `index/${start}.json`, last: part(start).at(-1).last }));
      return JSON.stringify({ parts });
    }
    if (path.startsWith("index/")) return JSON.stringify({ pages: part(parseInt(path.slice(6))) });
    const start = (parseInt(path) - 1) * PAGE;
    const keys = Array.from({ length: Math.min(PAGE, this.rows(isLatest) - start) }, (_, n) => start + n);
    const items = keys.map((row) =>
      isLatest ? this.item(this.name(row), "1.2.0") : this.item(...this.key(row, false).split(":")),
    );
    return `{"servers":[${items}],"metadata":{"count":${items.length}}}`;
  }

  shards() {
    return Array.from({ length: Math.ceil(this.size / SHARD) }, (_, number) => ({
      url: `shard/${number}.txt`,
      last: this.name(Math.min((number + 1) * SHARD, this.size) - 1),
    }));
  }

  shard(number) {
    const names = Array.from({ length: Math.min(SHARD, this.size - number * SHARD) }, (_, n) => this.name(number * SHARD + n));
    const updated = (name) => (name.endsWith("rare") ? "2026-06-01T00:00:00Z" : UPDATED);
    return names.map((name) => `${name}\t${updated(name)}\t1.0.0\t1.1.0\t1.2.0*\n`).join("");
  }

  get binding() {
    return {
      fetch: async (request) => {
        this.reads += 1;
        const body = this.body(decodeURIComponent(new URL(request.url).pathname).slice(1));
        return new Response(body, { status: body === null ? 404 : 200 });
      },
    };
  }

  /** One request; gives the response and how many files it read. */
  async ask(query) {
    this.reads = 0;
    const request = new Request(`https://registry.example.com/v0.1/servers?${query}`);
    const response = await registry(SETTINGS).fetch(request, { ASSETS: this.binding });
    assert.equal(response.status, 200);
    return { ...(await response.json()), reads: this.reads };
  }
}

const SIZES = [1_000, 30_000, 300_000];
const MIDDLE = (size) => `cursor=io.github.user${String(size / 2).padStart(7, "0")}`;

for (const size of SIZES) {
  const files = new Registry(size);
  const bounds = {
    "": 3,
    "limit=100": 5,
    "limit=100&version=latest": 5,
    [`limit=100&${MIDDLE(size)}`]: 6,
    [`limit=100&version=latest&${MIDDLE(size)}`]: 6,
    [`search=user${String(size - 1).padStart(7, "0")}&version=latest`]: 6,
    "search=no-such-name": 5,
    "search=weather&version=latest": 8,
    "search=github&limit=100": 8,
    "version=9.9.9": 5,
    "updated_since=2026-07-01T00:00:00Z": 6,
  };
  for (const [query, most] of Object.entries(bounds)) {
    test(`${size} servers: ?${query} reads at most ${most} files`, async () => {
      const { reads, servers, metadata } = await files.ask(query);
      assert.ok(reads <= most, `${reads} files`);
      const limit = Number(new URLSearchParams(query).get("limit") ?? 30);
      if (metadata.nextCursor && servers.length) assert.equal(servers.length, limit);
    });
  }

  test(`${size} servers: matches that lie far apart cost no more than 41 files, and none is lost`, async () => {
    const found = [];
    let cursor = "";
    do {
      const page = await files.ask(`search=RARE&version=latest&limit=100${cursor}`);
      assert.ok(page.reads <= 41, `${page.reads} files`);
      found.push(...page.servers.map(({ server }) => server.name));
      cursor = page.metadata.nextCursor ? `&cursor=${page.metadata.nextCursor}` : "";
    } while (cursor);
    const expected = Array.from({ length: size / 1000 }, (_, number) => files.name(number * 1000));
    assert.deepEqual(found, expected);
  });
}

test("what is not the API's is asked of the host under the same path, never of another host", async () => {
  const asked = [];
  const ASSETS = { fetch: async (request) => (asked.push(request.url), new Response("page")) };
  const { fetch } = registry({ ...SETTINGS, prefix: "/registry" });
  for (const path of ["/docs/?q=1", "//docs/", "//other.example/x", ""]) {
    await fetch(new Request(`https://host.example/registry${path}`), { ASSETS });
  }
  const host = "https://host.example";
  assert.deepEqual(asked, [`${host}/docs/?q=1`, `${host}//docs/`, `${host}//other.example/x`, `${host}/`]);
});
