/** JSON Web Tokens of an OpenID Connect issuer, verified as builder/ownership/oidc.py does. */

import { ALGORITHMS } from "./algorithms.js";
import { find } from "./issuer.js";

const MAX_BYTES = 16 * 1024;
const LEEWAY = 30; // seconds by which the clocks of an issuer and of the registry may differ
const JWT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/** A token is not believed; the message says why. */
export class Refused extends Error {}

/**
 * Verify a token; returns its claims.
 * @param {string} token
 * @param {import("./types.js").Login} login
 * @param {number} now  Seconds since 1970.
 * @returns {Promise<Record<string, any>>}
 */
export async function verify(token, login, now) {
  if (token.length > MAX_BYTES) throw new Refused("the token is too long");
  const [, head, body, signature] = JWT.exec(token) ?? [];
  const header = json(head);
  const claims = json(body);
  if (typeof claims?.iss !== "string") throw new Refused("the token is not a JSON Web Token with an issuer (iss)");
  if (claims.iss !== login.issuer) throw new Refused(`the token was not issued by ${login.issuer}`);
  await requireSignature(header, `${head}.${body}`, signature, login.issuer);
  requireTime(claims, now);
  requireAudience(claims, login.audience);
  if (typeof claims.sub !== "string" || !claims.sub) throw new Refused("the token has no subject (sub)");
  return claims;
}

/**
 * @param {any} header
 * @param {string} signed
 * @param {string} signature
 * @param {string} issuer
 */
async function requireSignature(header, signed, signature, issuer) {
  const algorithm = typeof header?.alg === "string" && Object.hasOwn(ALGORITHMS, header.alg) ? header.alg : null;
  if (algorithm === null || "crit" in header) {
    throw new Refused("the token is signed in a way that is not accepted");
  }
  const key = await find(issuer, typeof header.kid === "string" ? header.kid : null, algorithm);
  const bytes = decoded(signature);
  const isSigned =
    key !== null &&
    bytes !== null &&
    (await crypto.subtle.verify(ALGORITHMS[algorithm].use, key, bytes, new TextEncoder().encode(signed)));
  if (!isSigned) throw new Refused(`the token is not signed by ${issuer}`);
}

/**
 * @param {Record<string, any>} claims
 * @param {number} now
 */
function requireTime(claims, now) {
  if (!isTime(claims.exp)) throw new Refused("the token does not say until when it is valid (exp)");
  if (claims.exp <= now - LEEWAY) throw new Refused("the token has expired (exp)");
  for (const name of ["nbf", "iat"]) {
    const since = claims[name] ?? 0;
    if (!isTime(since)) throw new Refused(`the token's ${name} is no time`);
    if (since > now + LEEWAY) throw new Refused(`the token is not valid yet (${name})`);
  }
}

/** @param {any} value */
function isTime(value) {
  return typeof value === "number" && value >= 0 && value < 2 ** 53;
}

/**
 * @param {Record<string, any>} claims
 * @param {string} audience
 */
function requireAudience(claims, audience) {
  const named = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  const known = [audience, `${audience}/`]; // addresses are written in both ways
  if (!named.some((name) => known.includes(name))) {
    throw new Refused(`the token is not for ${audience} (aud)`);
  }
  // A token for several must have been given to us (OpenID Connect Core, section 3.1.3.7).
  const party = claims.azp ?? null;
  if (named.length > 1 && party !== null && !known.includes(party)) {
    throw new Refused(`the token was given to somebody else (azp), not to ${audience}`);
  }
}

/**
 * @param {string | undefined} part  Base64url.
 * @returns {any} null if it is no JSON object
 */
function json(part) {
  const bytes = part === undefined ? null : decoded(part);
  try {
    const value = bytes && JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} part  Base64url.
 * @returns {Uint8Array<ArrayBuffer> | null}
 */
function decoded(part) {
  try {
    return Uint8Array.from(atob(part.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  } catch {
    return null;
  }
}
