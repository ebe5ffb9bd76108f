/**
 * The official registry's read API over a folder of static files, for any runtime with a standard
 * fetch handler: Cloudflare Workers and Pages, Deno, Netlify and Vercel edge functions, Node.
 *
 * Parameters, status codes and problem bodies are those of builder/serve/, which `mcp-registry serve`
 * uses; one conformance suite (tests/conformance/) holds both to them. Headers, limits and texts come
 * from the host's entry file, which the builder writes.
 *
 * Cloudflare's free plan allows 50 reads of files in one request; when READS (files.js) are used up
 * the answer ends early and its cursor goes on from there. So a request costs the same at any size
 * of the registry, and a client that follows cursors misses nothing.
 */

import { problem, success } from "./answer.js";
import { ard } from "./ard.js";
import { asset } from "./asset.js";
import { Files } from "./files.js";
import { list } from "./list.js";
import { guard, privately } from "./login.js";
import { parseSingle } from "./parameters.js";
import { decode, local } from "./path.js";
import { Problem } from "./problem.js";
import { searchAnswer } from "./search.js";

/** A longer body that nobody reads ends with its connection. */
const MOST_BODY = 65_536; // bytes

/**
 * Make the fetch handler of a registry.
 * @param {import("./types.js").Settings} settings
 */
export function registry(settings) {
  return {
    /**
     * @param {Request} request
     * @param {import("./types.js").Env} env
     */
    async fetch(request, env) {
      const refused = await guard(request, settings);
      const response = refused ?? (await answer(request, env, settings));
      await readBody(request);
      return settings.login && !refused ? privately(response) : response;
    },
  };
}

/**
 * Read a small body that nobody asked for. Who answers before that closes the connection while the
 * client still sends, and the client can lose the answer with it (RFC 9112, section 9.6).
 * @param {Request} request
 */
async function readBody(request) {
  const length = Number(request.headers.get("Content-Length") ?? Infinity);
  if (!request.body || request.bodyUsed || length > MOST_BODY) return;
  await request.arrayBuffer().catch(() => null); // the client is gone: so is who would read the answer
}

/**
 * @param {Request} request
 * @param {import("./types.js").Env} env
 * @param {import("./types.js").Settings} settings
 */
async function answer(request, env, settings) {
  try {
    return await respond(request, env, settings);
  } catch (error) {
    if (error instanceof Problem) return problem(request, error, settings);
    // Whatever the files hold: who asks gets an answer that can be read, from any page.
    console.error(error);
    return problem(request, new Problem("unreadable"), settings);
  }
}

/**
 * What is asked for. `path` is the address below the registry's prefix, null where it is none;
 * `api` are the parts of an address of the API: collection, version, and what stands below.
 * @typedef {{request: Request, url: URL, settings: import("./types.js").Settings, files: Files,
 *   path: string | null, api: RegExpExecArray | null, isSearch: boolean}} Asked
 */

/** Who answers: the first that gives a response; each leaves to those below it what is not its own. */
const STEPS = [discovery, file, options, refusal, endpoint, withoutSlash, ranking, reading];

/**
 * @param {Request} request
 * @param {import("./types.js").Env} env
 * @param {import("./types.js").Settings} settings
 */
async function respond(request, env, settings) {
  const url = new URL(request.url);
  if (/\0|%00/.test(url.pathname + url.search)) throw new Problem("nul");
  const path = local(url.pathname, settings.prefix);
  const asked = {
    request,
    url,
    settings,
    path,
    files: new Files(env, settings),
    api: /^(\/collections\/[^/]+)?\/(v0|v0\.1)(\/.*)?$/.exec(path ?? ""),
    isSearch: path === `/v0.1/x/${settings.extension}/search` && url.searchParams.has("q"),
  };
  for (const step of STEPS) {
    const response = await step(asked, env);
    if (response) return response;
  }
  throw new Problem("noEndpoint");
}

/** Agentic Resource Discovery. @param {Asked} asked */
function discovery({ request, url, path, files, settings }) {
  const below = `/v0.1/x/${settings.extension}/ard/`;
  return path?.startsWith(below) ? ard(request, url, path.slice(below.length), files) : null;
}

/** Pages, and the files of the extensions. @param {Asked} asked @param {import("./types.js").Env} env */
function file({ request, url, settings, api, isSearch }, env) {
  return !isSearch && (api === null || api[3]?.startsWith("/x/")) ? asset(request, env, url, settings) : null;
}

/** @param {Asked} asked */
function options({ request, settings: { cors, methods } }) {
  if (request.method !== "OPTIONS") return null;
  return new Response(null, { status: 204, headers: { ...cors, Allow: methods.join(", ") } });
}

/** Methods that read nothing. @param {Asked} asked */
function refusal({ request, api, settings }) {
  if (settings.methods.includes(request.method)) return null;
  throw new Problem(why(request.method, api?.[3] ?? "", settings));
}

/** A version of the API that is left out. @param {Asked} asked */
function endpoint({ api, settings }) {
  if (api?.[2] === "v0" && !settings.v0) throw new Problem("noEndpoint");
  return null;
}

/** @param {Asked} asked */
function withoutSlash({ url, path, settings: { cors, prefix } }) {
  if (!path?.endsWith("/")) return null;
  const location = `${prefix}${path.replace(/\/+$/, "")}${url.search}`;
  return new Response(null, { status: 308, headers: { ...cors, Location: location } });
}

/** @param {Asked} asked */
async function ranking({ request, url, files, isSearch }) {
  return isSearch ? success(request, await searchAnswer(files, url.searchParams), files) : null;
}

/** The official API. @param {Asked} asked */
async function reading({ request, url, files, api }) {
  const collection = (api?.[1] ?? "").slice(1);
  const body = await document(files, collection, decode((api?.[3] ?? "").slice(1)), url.searchParams);
  return success(request, body, files);
}

/**
 * Return what is answered to a method that reads nothing: a key of the settings' `problems`.
 * @param {string} method
 * @param {string} path  Below the API.
 * @param {import("./types.js").Settings} settings
 */
function why(method, path, { writes }) {
  if (!writes.methods.includes(method)) return "method";
  return new RegExp(`^/*${writes.addresses}$`, "s").test(path) ? method : "elsewhere";
}

/**
 * @param {Files} files
 * @param {string} collection  The folder of a collection, "" for the registry's own API.
 * @param {string} path  Decoded, below /v0.1/.
 * @param {URLSearchParams} parameters
 */
async function document(files, collection, path, parameters) {
  if (path === "servers") return list(files, parameters, collection);
  if (!path.startsWith("servers/")) {
    const small = await files.text(`${below(collection)}v0.1/${path}/index.json`);
    if (small === null) throw new Problem("noEndpoint");
    return small;
  }
  const deleted = parseSingle(parameters);
  // The official server decodes twice, so that names which a client encoded twice are found.
  const found =
    (await single(files, collection, path, deleted)) ??
    (path.includes("%") ? await single(files, collection, decode(path), deleted) : null);
  if (found === null) throw new Problem("notFound");
  return found;
}

/**
 * @param {Files} files
 * @param {string} collection  The folder of a collection, or "".
 * @param {string} path  Decoded, `servers/...`.
 * @param {boolean} deleted  Whether deleted versions are wanted too.
 */
async function single(files, collection, path, deleted) {
  const tail = path.slice("servers/".length);
  const isHere = deleted && (!collection || (await has(files, collection, tail)));
  const hidden = isHere ? await files.text(`${files.x}/deleted/${tail}/index.json`) : null;
  return hidden ?? files.text(`${below(collection)}v0.1/${path}/index.json`);
}

/**
 * Return whether a collection has the server of a path.
 * @param {Files} files
 * @param {string} collection
 * @param {string} tail  Decoded, `<namespace>/<name>/versions...`.
 */
async function has(files, collection, tail) {
  const text = await files.text(`${collection}/collection.json`);
  return text !== null && JSON.parse(text).servers.includes(tail.split("/versions", 1)[0]);
}

/** @param {string} folder  A folder's path without a slash at its end, or "". */
function below(folder) {
  return folder && `${folder}/`;
}
