/** Responses of the API: a document, or a problem. */

import { READS } from "./files.js";

/**
 * @param {Request} request
 * @param {string} body
 * @param {import("./files.js").Files} files
 */
export async function success(request, body, files) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0"));
  const tag = `"${hex.join("").slice(0, 32)}"`;
  const headers = {
    ...files.settings.cors,
    "Content-Type": "application/json",
    "Cache-Control": files.settings.cache.found,
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
 * @param {import("./problem.js").Problem} error
 * @param {import("./types.js").Settings} settings
 */
export function problem(request, error, { cors, cache, methods, problems }) {
  const text = problems[error.name];
  const more = error.errors.length ? { errors: error.errors } : {};
  const headers = {
    ...cors,
    "Content-Type": "application/problem+json",
    "Cache-Control": cache.missing,
    ...(methods.includes(request.method) ? {} : { Allow: methods.join(", ") }),
  };
  const body = request.method === "HEAD" ? null : JSON.stringify({ ...text, ...more });
  return new Response(body, { status: text.status, headers });
}
