/**
 * The keys that an OpenID Connect issuer publishes: discovered, kept for a while, renewed on rotation,
 * as builder/ownership/issuer_keys.py does. They are kept in the memory of one isolate.
 * https://openid.net/specs/openid-connect-discovery-1_0.html
 */

import { ALGORITHMS } from "./algorithms.js";

const DISCOVERY = "/.well-known/openid-configuration";
const MAX_BYTES = 256 * 1024;
const SECONDS = 10; // for one answer of the issuer
const USUAL_AGE = 3600; // seconds for which keys are kept if the issuer says nothing,
const LEAST_AGE = 300; // and whatever it says
const MOST_AGE = 24 * 3600;
const PAUSE = 10; // seconds between two requests to one issuer: tokens with made-up key ids cause no others
const LEAST_RSA_BITS = 2048;
const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/**
 * @typedef {{kid?: string, kty: string, crv?: string, use?: string, alg?: string} & Record<string, any>} Jwk
 * @typedef {{keys: Jwk[], asked: number, freshUntil: number, usableUntil: number}} Published
 */

/** @type {Map<string, Published>} */
const published = new Map();
/** @type {Map<string, number>} Since when an issuer is being asked. */
const asking = new Map();
/** @type {Published} */
const NOTHING = { keys: [], asked: -Infinity, freshUntil: -Infinity, usableUntil: -Infinity };

/** The issuer's keys cannot be had. */
export class Unavailable extends Error {}

/**
 * Return the key of an issuer that has an id, or the only one that fits an algorithm; null if there
 * is none. An id that is not known makes the keys be asked for again, once in PAUSE seconds.
 * @param {string} issuer
 * @param {string | null} kid
 * @param {string} algorithm
 * @returns {Promise<CryptoKey | null>}
 */
export async function find(issuer, kid, algorithm) {
  let known = published.get(issuer) ?? NOTHING;
  let key = choose(known.keys, kid, algorithm);
  const now = seconds();
  const isWanted = now >= known.freshUntil || key === null;
  const isAsked = known.keys.length > 0 && now < (asking.get(issuer) ?? 0) + 2 * SECONDS;
  if (isWanted && isAsked && key === null) throw new Unavailable("another request asks for the keys");
  if (isWanted && !isAsked && now >= known.asked + PAUSE) {
    asking.set(issuer, now);
    known = await ask(issuer, known);
    published.set(issuer, known);
    asking.delete(issuer);
    key = choose(known.keys, kid, algorithm);
  }
  if (seconds() >= known.usableUntil) throw new Unavailable(`the keys of ${issuer} cannot be read`);
  return key && imported(key, algorithm);
}

/**
 * Ask an issuer; where it does not answer, its earlier keys stay usable for a day.
 * @param {string} issuer
 * @param {Published} earlier
 * @returns {Promise<Published>}
 */
async function ask(issuer, earlier) {
  try {
    const { keys, age } = await fetchKeys(issuer);
    const now = seconds();
    return { keys, asked: now, freshUntil: now + age, usableUntil: now + MOST_AGE };
  } catch {
    const now = seconds();
    return { ...earlier, asked: now, freshUntil: now + PAUSE };
  }
}

/**
 * @param {string} issuer
 * @returns {Promise<{keys: Jwk[], age: number}>}
 */
async function fetchKeys(issuer) {
  const { value } = await read(issuer.replace(/\/*$/, "") + DISCOVERY);
  if (value.issuer !== issuer) throw new Unavailable("the document is of another issuer");
  if (issuer.startsWith("https:") && !String(value.jwks_uri).startsWith("https:")) {
    throw new Unavailable("the keys are not published by https");
  }
  const { value: set, age } = await read(value.jwks_uri);
  if (!Array.isArray(set.keys)) throw new Unavailable("there are no keys");
  return { keys: set.keys.filter(isKnown), age };
}

/**
 * Read a JSON object from an address by https (or by http on this machine).
 * @param {string} address
 * @returns {Promise<{value: any, age: number}>}
 */
async function read(address) {
  const { protocol, hostname } = new URL(address);
  if (protocol !== "https:" && !LOOPBACK.includes(hostname)) throw new Unavailable("not by https");
  const response = await fetch(address, {
    headers: { Accept: "application/json" },
    redirect: "manual",
    signal: AbortSignal.timeout(SECONDS * 1000),
  });
  const bytes = response.status === 200 ? await bounded(response) : null;
  if (bytes === null) throw new Unavailable(`the issuer answers ${response.status}`);
  const value = JSON.parse(new TextDecoder().decode(bytes));
  return { value, age: maxAge(response.headers.get("Cache-Control") ?? "") };
}

/**
 * Return a body of at most MAX_BYTES; null if there is more, or nothing.
 * @param {Response} response
 */
async function bounded(response) {
  const bytes = new Uint8Array(MAX_BYTES);
  let length = 0;
  for await (const part of /** @type {any} */ (response.body ?? [])) {
    if (length + part.length > MAX_BYTES) return null;
    bytes.set(part, length);
    length += part.length;
  }
  return length ? bytes.subarray(0, length) : null;
}

/** @param {string} cacheControl */
function maxAge(cacheControl) {
  const [, digits] = /\bmax-age=([0-9]{1,9})\b/.exec(cacheControl) ?? [];
  return digits ? Math.min(Math.max(Number(digits), LEAST_AGE), MOST_AGE) : USUAL_AGE;
}

/** @param {any} key */
function isKnown(key) {
  if (typeof key !== "object" || key === null || !["RSA", "EC", "OKP"].includes(key.kty)) return false;
  return key.kty !== "RSA" || String(key.n).length * 6 >= LEAST_RSA_BITS;
}

/**
 * @param {Jwk[]} keys
 * @param {string | null} kid
 * @param {string} algorithm
 */
function choose(keys, kid, algorithm) {
  const fitting = keys.filter((key) => fits(key, algorithm));
  if (kid === null) return fitting.length === 1 ? fitting[0] : null;
  return fitting.find((key) => key.kid === kid) ?? null;
}

/**
 * @param {Jwk} key
 * @param {string} algorithm
 */
function fits({ kty, crv, use, alg }, algorithm) {
  const wanted = ALGORITHMS[algorithm];
  const isKind = wanted.kty === kty && (wanted.crv === undefined || wanted.crv === crv);
  return isKind && [undefined, "sig"].includes(use) && [undefined, algorithm].includes(alg);
}

/**
 * @param {Jwk} key
 * @param {string} algorithm
 * @returns {Promise<CryptoKey | null>} null for a key that is none
 */
async function imported({ kty, crv, n, e, x, y }, algorithm) {
  try {
    return await crypto.subtle.importKey("jwk", { kty, crv, n, e, x, y }, ALGORITHMS[algorithm].key, false, ["verify"]);
  } catch {
    return null;
  }
}

function seconds() {
  return Date.now() / 1000;
}
