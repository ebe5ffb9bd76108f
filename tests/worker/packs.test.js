// A packed site whose files do not fit together: what is not what its name says is never an answer.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";

import { registry } from "../../site/worker/worker.js";

// As the builder writes them, by test_node.py.
const SETTINGS = { ...JSON.parse(readFileSync(process.env.SETTINGS, "utf8")), packed: { types: {}, immutable: [] } };
const PATH = "v0.1/version/index.json";

const named = (bytes, length) => createHash("sha256").update(bytes).digest("hex").slice(0, length);

/** A pack of one document, as builder/pack/file.py writes it. */
function pack(body) {
  const rows = deflateRawSync(JSON.stringify([[PATH, 0, body.length, "0".repeat(16), ""]]));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(rows.length);
  return Buffer.concat([Buffer.from("mcppack2"), length, rows, Buffer.from(body)]);
}

function site(bytes, index = {}) {
  const name = named(pack(`{"version":"1"}`), 32);
  const files = {
    "packs/index.json": JSON.stringify({ format: 2, groups: [], words: {}, packs: [["", name, 1]], ...index }),
    [`packs/data/${name}.pack`]: bytes,
  };
  const get = async (request) => {
    const body = files[new URL(request.url).pathname.slice(1)];
    return body === undefined ? new Response("", { status: 404 }) : new Response(body);
  };
  return { ASSETS: { fetch: get } };
}

const ask = (env) => registry(SETTINGS).fetch(new Request("https://registry.example.com/v0.1/version"), env);

const WHOLE = pack(`{"version":"1"}`);

for (const [what, env] of Object.entries({
  "another pack": site(pack(`{"version":"2"}`)),
  "a pack that is cut off": site(WHOLE.subarray(0, -3)),
  "an altered byte": site(Buffer.concat([WHOLE.subarray(0, -4), Buffer.from("2"), WHOLE.subarray(-3)])),
  "something else": site("<!doctype html>"),
  "nothing": site(""),
  "an index that is none": site(WHOLE, { packs: 7 }),
  "an index with a pattern that is none": site(WHOLE, { groups: ["("] }),
})) {
  test(`${what} is a problem that says so`, async () => {
    const answer = await ask(env);
    assert.equal(answer.status, SETTINGS.problems.unreadable.status);
    assert.equal(answer.headers.get("Content-Type"), "application/problem+json");
    assert.equal(answer.headers.get("Access-Control-Allow-Origin"), "*");
  });
}

test("what is once wrong is not kept", async () => {
  const answer = await ask(site(WHOLE));
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), `{"version":"1"}`);
});
