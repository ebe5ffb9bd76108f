/** Requests that are not for the API: answered from packs, or handed to the host. */

import { Files } from "./files.js";
import { packedAsset, packedMissing, typed } from "./packed.js";

/**
 * Answer with the host's file. What it says of files that are there (a year for those named by
 * their content) must not hold for one that is missing.
 * @param {Request} request
 * @param {import("./types.js").Env} env
 * @param {URL} url
 * @param {import("./types.js").Settings} settings
 */
export async function asset(request, env, url, settings) {
  const packs = settings.packed ? new Files(env, settings).packs : null;
  const path = packs && decoded(url.pathname, settings.prefix);
  const stored = packs && path !== null && (await packedAsset(request, packs, path, settings));
  if (stored) return stored;
  const response = await hosted(request, env, url, settings);
  if (!packs) return response;
  if (response.status === 200) return typed(response, url.pathname, settings);
  if (response.status !== 404) return response;
  return (await packedMissing(request, packs, settings)) ?? response;
}

/**
 * @param {string} path
 * @param {string} prefix
 * @returns {string | null} null if it is no path: the host says so
 */
function decoded(path, prefix) {
  try {
    return decodeURIComponent(path.startsWith(prefix) ? path.slice(prefix.length) : path);
  } catch {
    return null;
  }
}

/**
 * @param {Request} request
 * @param {import("./types.js").Env} env
 * @param {URL} url
 * @param {import("./types.js").Settings} settings
 */
async function hosted(request, env, url, { cache, prefix }) {
  const get = env.ASSETS ? env.ASSETS.fetch.bind(env.ASSETS) : fetch;
  // Not as a relative address: one that begins with two slashes would name another host.
  const target = new URL(env.ASSETS ? url : (env.BASE_URL ?? url));
  const base = env.ASSETS ? "" : target.pathname.replace(/\/*$/, "");
  target.pathname = base + url.pathname.slice(url.pathname.startsWith(prefix) ? prefix.length : 0);
  target.search = url.search;
  const response = await get(new Request(target, request));
  if (response.status !== 404) return response;
  const headers = new Headers(response.headers);
  headers.set("Cache-Control", cache.missing);
  if (headers.has("Content-Type")) return new Response(response.body, { status: 404, headers });
  target.pathname = `${base}/404`; // Cloudflare's address of 404.html
  const page = await get(new Request(target, { method: request.method }));
  headers.set("Content-Type", page.headers.get("Content-Type") ?? "text/plain");
  return new Response(page.body, { status: 404, headers });
}
