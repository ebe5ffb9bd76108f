// The keys of an issuer over a day: kept, asked for again when a token has a new one, usable while the
// issuer is away. Time and the issuer are the test's own; keys and signatures are real.
import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { Unavailable, find } from "../../site/worker/issuer.js";

const HOUR = 3600;
let issuer = "";
let number = 0;
let keys = [];
let asked = 0;
let isAway = false;

async function key(kid) {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  return { ...(await crypto.subtle.exportKey("jwk", pair.publicKey)), kid };
}

async function answer(address) {
  if (isAway) throw new TypeError("no connection");
  const { pathname } = new URL(address);
  if (pathname === "/keys") asked += 1;
  const value = pathname === "/keys" ? { keys } : { issuer, jwks_uri: `${issuer}/keys` };
  return new Response(JSON.stringify(value), { headers: { "Cache-Control": "max-age=3600" } });
}

const pass = (seconds) => mock.timers.setTime(Date.now() + seconds * 1000);
const found = async (kid) => (await find(issuer, kid, "ES256")) !== null;

mock.method(globalThis, "fetch", answer);
mock.timers.enable({ apis: ["Date"], now: 1_800_000_000_000 });
beforeEach(async () => {
  issuer = `https://login${(number += 1)}.example.com`;
  keys = [await key("first")];
  asked = 0;
  isAway = false;
});

test("keys are asked for once in the time that the issuer names", async () => {
  for (const step of [0, HOUR / 2, HOUR / 2 - 1]) {
    pass(step);
    assert.ok(await found("first"));
  }
  assert.equal(asked, 1);
  pass(2);
  assert.ok(await found("first"));
  assert.equal(asked, 2);
});

test("a new key is found within ten seconds, and the old one is believed no more", async () => {
  assert.ok(await found("first"));
  keys = [await key("second")];
  assert.equal(await found("second"), false);
  assert.ok(await found("first"));
  pass(10);
  assert.ok(await found("second"));
  assert.equal(await found("first"), false);
  assert.equal(asked, 2);
});

test("while the issuer is away its keys stay good for a day, and no longer", async () => {
  assert.ok(await found("first"));
  isAway = true;
  pass(23 * HOUR);
  assert.ok(await found("first"));
  pass(HOUR);
  await assert.rejects(found("first"), Unavailable);
  isAway = false;
  pass(10);
  assert.ok(await found("first"));
});

test("requests at the same moment do not all ask again, and know each other's keys", async () => {
  assert.ok(await found("first"));
  pass(HOUR);
  assert.deepEqual(await Promise.all(Array.from({ length: 20 }, () => found("first"))), Array(20).fill(true));
  assert.equal(asked, 2);
});

test("an issuer that leads elsewhere, or says too much, has no keys", async () => {
  const wrong = [
    { issuer: "https://other.example.com", jwks_uri: `${issuer}/keys` },
    { issuer, jwks_uri: "http://login.example.com/keys" },
    { issuer, jwks_uri: `${issuer}/keys`, padding: "x".repeat(256 * 1024) },
    [],
  ];
  for (const document of wrong) {
    mock.method(globalThis, "fetch", async () => new Response(JSON.stringify(document)));
    await assert.rejects(found("first"), Unavailable);
    pass(10);
  }
  mock.method(globalThis, "fetch", answer);
  assert.ok(await found("first"));
});
