/** Requests for pages and files of a packed site: answered as a host answers them from files. */

import { Packs, plain } from "./packs.js";

const GZIP = "gzip";
const SMALLEST = 256; // bytes below which compressing anew is more work than it saves

/**
 * Answer from the packs; null if no pack has the file (a few stand outside of them).
 * @param {Request} request
 * @param {Packs} packs
 * @param {string} path  Decoded, below the site's root.
 * @param {import("./types.js").Settings} settings
 */
export async function packedAsset(request, packs, path, settings) {
  if (!["GET", "HEAD"].includes(request.method)) return null;
  const name = path.replace(/^\/+/, "");
  const found = await packs.find(name);
  if (found) return answer(request, found, name, 200, settings);
  const folder = name.replace(/\/+$/, "");
  const index = `${folder && `${folder}/`}index.${name.startsWith("v0") ? "json" : "html"}`;
  const shown = await packs.find(index);
  if (shown === null) return null;
  if (name === "" || name.endsWith("/") || index.endsWith("json")) {
    return answer(request, shown, index, 200, settings);
  }
  const { pathname, search } = new URL(request.url);
  const location = `${pathname.replace(/^\/{2,}/, "/")}/${search}`;
  return new Response(null, { status: 308, headers: { ...settings.cors, Location: location } });
}

/**
 * Answer with the page for what is not there.
 * @param {Request} request
 * @param {Packs} packs
 * @param {import("./types.js").Settings} settings
 */
export async function packedMissing(request, packs, settings) {
  const page = await packs.find("404.html");
  return page ? answer(request, page, "404.html", 404, settings) : null;
}

/**
 * Return the host's answer for a file that stands outside of the packs, with its type.
 * @param {Response} response
 * @param {string} path
 * @param {import("./types.js").Settings} settings
 */
export function typed(response, path, { cors, packed }) {
  const made = new Response(response.body, response);
  const type = packed.types[path.slice(path.lastIndexOf(".") + 1)];
  for (const [name, value] of Object.entries(cors)) made.headers.set(name, value);
  if (type) made.headers.set("Content-Type", type);
  return made;
}

/**
 * @param {Request} request
 * @param {import("./packs.js").Stored} stored
 * @param {string} name
 * @param {number} status
 * @param {import("./types.js").Settings} settings
 */
async function answer(request, stored, name, status, { cors, cache, packed }) {
  const isImmutable = packed.immutable.some((folder) => name.startsWith(`${folder}/`));
  // What refers back to a text is not what a client can read: it is compressed for it anew.
  const isTaken = stored.encoding && accepts(request, GZIP);
  const tag = `"${stored.digest}"`;
  const headers = new Headers({
    ...cors,
    "Content-Type": packed.types[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream",
    "Cache-Control": status === 404 ? cache.missing : isImmutable ? cache.immutable : cache.found,
    ETag: isTaken ? `W/${tag}` : tag,
    ...(stored.encoding ? { Vary: "Accept-Encoding" } : {}),
  });
  const known = (request.headers.get("If-None-Match") ?? "").split(/\s*,\s*(?:W\/)?|^\s*W\//);
  if (status === 200 && (known.includes(tag) || known.includes("*"))) {
    return new Response(null, { status: 304, headers });
  }
  const body = isTaken ? await compressed(stored) : null;
  if (body) headers.set("Content-Encoding", GZIP);
  const sent = request.method === "HEAD" ? null : (body ?? await plain(stored));
  // The bytes are compressed already (encodeBody: Cloudflare's).
  const made = { status, headers, ...(body ? { encodeBody: "manual" } : {}) };
  return new Response(/** @type {BodyInit | null} */ (sent), made);
}

/**
 * Return a document as gzip, as it is stored where it is that; null if it is too small to be worth it.
 * @param {import("./packs.js").Stored} stored
 */
async function compressed(stored) {
  if (stored.encoding === GZIP) return stored.bytes;
  const text = await plain(stored);
  if (text instanceof Uint8Array && text.length < SMALLEST) return null;
  const stream = new Blob([/** @type {BlobPart} */ (text)]).stream();
  return stream.pipeThrough(new CompressionStream(GZIP));
}

/**
 * @param {Request} request
 * @param {string} encoding
 */
function accepts(request, encoding) {
  const items = (request.headers.get("Accept-Encoding") ?? "").toLowerCase().split(",");
  return items.some((item) => {
    const [name, weight = ""] = item.trim().split(/\s*;\s*/);
    return name === encoding && !/^q=0(\.0*)?$/.test(weight);
  });
}
