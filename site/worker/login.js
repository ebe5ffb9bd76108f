/**
 * Reading with a login, as builder/serve/login.py has it: only who sends a bearer token of the named
 * issuer gets an answer. The metadata that leads a client to the issuer (RFC 9728) and preflights
 * are answered to everybody; so is what would write, as nothing can be written here. Searches by POST
 * (below /v0.1/x/) are reads.
 */

import { Unavailable } from "./issuer.js";
import { Refused, verify } from "./token.js";

const WRITES = ["POST", "PUT", "PATCH", "DELETE"];
const EXTENSIONS = /\/v0\.1\/+x\//;
const KEPT = 60; // seconds for which a token that was verified is believed without looking again
const MOST_KEPT = 10_000;
const RETRY = "10"; // seconds

/** @type {Map<string, number>} Digests of tokens that let their bearer read, and until when. */
const kept = new Map();

class Forbidden extends Error {}

/**
 * Answer in place of the registry; null for a request that may pass.
 * @param {Request} request
 * @param {import("./types.js").Settings} settings
 * @returns {Promise<Response | null>}
 */
export async function guard(request, settings) {
  const { login, cors } = settings;
  const path = decoded(new URL(request.url).pathname);
  if (login === null || !isRead(request.method, path)) return null;
  if (login.paths.includes(path)) {
    const headers = { ...cors, "Content-Type": "application/json" };
    return new Response(request.method === "HEAD" ? null : JSON.stringify(login.metadata), { headers });
  }
  const [scheme, ...rest] = (request.headers.get("Authorization") ?? "").split(" ");
  if (scheme.toLowerCase() !== "bearer") return challenge(request, settings, "login", "", "");
  try {
    await requireReader(rest.join(" ").trim(), login);
    return null;
  } catch (error) {
    if (error instanceof Refused) return challenge(request, settings, "login", "invalid_token", error.message);
    if (error instanceof Forbidden) return challenge(request, settings, "forbidden", "insufficient_scope", error.message);
    if (error instanceof Unavailable) return refusal(request, settings, "noLoginNow", "", { "Retry-After": RETRY });
    throw error;
  }
}

/**
 * Tell caches on the way that an answer is for nobody else.
 * @param {Response} response
 */
export function privately(response) {
  const made = new Response(response.body, response);
  made.headers.set("Cache-Control", "private, no-cache");
  made.headers.append("Vary", "Authorization");
  return made;
}

/**
 * @param {string} method
 * @param {string} path  Decoded.
 */
function isRead(method, path) {
  return WRITES.includes(method) ? EXTENSIONS.test(path) : method !== "OPTIONS";
}

/** @param {string} path */
function decoded(path) {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * Return if a token lets its bearer read.
 * @param {string} token
 * @param {import("./types.js").Login} login
 */
async function requireReader(token, login) {
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
  const digest = String.fromCharCode(...new Uint8Array(bytes));
  const now = Date.now() / 1000;
  if ((kept.get(digest) ?? 0) > now) return;
  const claims = await verify(token, login, now);
  requireRights(claims, login);
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(digest, Math.min(now + KEPT, claims.exp));
}

/**
 * @param {Record<string, any>} claims
 * @param {import("./types.js").Login} login
 */
function requireRights(claims, login) {
  const granted = [claims.scope, claims.scp].flatMap((value) => (typeof value === "string" ? value.split(/\s+/) : values(value)));
  const missing = login.scopes.filter((scope) => !granted.includes(scope));
  if (missing.length) throw new Forbidden(`the token lacks the scope ${missing.join(" ")}`);
  for (const { name, value } of login.claims) {
    if (values(own(claims, name)).includes(value)) continue;
    throw new Forbidden(`the token's claim ${name} is not what reading needs`);
  }
}

/**
 * @param {Record<string, any>} claims
 * @param {string} name
 */
function own(claims, name) {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

/**
 * @param {any} value
 * @returns {any[]}
 */
function values(value) {
  if (Array.isArray(value)) return value;
  return value === null || value === undefined ? [] : [value];
}

/**
 * @param {Request} request
 * @param {import("./types.js").Settings} settings
 * @param {string} name  A key of the settings' `problems`.
 * @param {string} error  As RFC 6750 names it, "" where no token was sent.
 * @param {string} text
 */
function challenge(request, settings, name, error, text) {
  const told = {
    resource_metadata: settings.login?.metadataUrl,
    scope: settings.login?.scopes.join(" "),
    error,
    error_description: error && text.replace(/[^ -~]|["\\]/g, ""),
  };
  const parts = Object.entries(told).filter(([, value]) => value);
  return refusal(request, settings, name, text, {
    "Access-Control-Expose-Headers": "WWW-Authenticate",
    "WWW-Authenticate": `Bearer ${parts.map(([key, value]) => `${key}="${value}"`).join(", ")}`,
  });
}

/**
 * @param {Request} request
 * @param {import("./types.js").Settings} settings
 * @param {string} name  A key of the settings' `problems`.
 * @param {string} detail  "" for the problem's own.
 * @param {Record<string, string>} more  Headers.
 */
function refusal(request, { cors, problems }, name, detail, more) {
  const told = { ...problems[name], ...(detail ? { detail } : {}) };
  const headers = { ...cors, "Content-Type": "application/problem+json", "Cache-Control": "no-store", ...more };
  return new Response(request.method === "HEAD" ? null : JSON.stringify(told), { status: told.status, headers });
}
