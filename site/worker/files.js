/** The built files, read through a binding (Cloudflare) or from an address. */

import { Packs, plain } from "./packs.js";
import { Problem } from "./problem.js";

/** Cloudflare's free plan allows 50 reads of files in one request. */
export const READS = 40;

/** The longest name of a file or folder: no host has a longer one, and some stumble over it. */
const LONGEST = 255;

/** Reads files and counts its reads. */
export class Files {
  left = READS;

  /**
   * @param {import("./types.js").Env} env
   * @param {import("./types.js").Settings} settings
   */
  constructor(env, settings) {
    this.settings = settings;
    this.x = `v0.1/x/${settings.extension}`;
    this.base = env.BASE_URL ?? "https://assets.invalid/";
    this.get = env.ASSETS ? env.ASSETS.fetch.bind(env.ASSETS) : fetch;
    this.packs = settings.packed ? new Packs(env, (path) => this.file(path)) : null;
  }

  /**
   * Read a text file; null if there is none.
   * @param {string} path  Decoded, relative to the root of the built files.
   */
  async text(path) {
    const body = await this.body(path);
    return body && new Response(body).text();
  }

  /**
   * Read a text file that is gzip; null if there is none.
   * @param {string} path
   */
  async inflated(path) {
    const body = await this.body(path);
    const stream = body && new Response(body).body?.pipeThrough(new DecompressionStream("gzip"));
    return stream && new Response(stream).text();
  }

  /**
   * @param {string} path
   * @returns {Promise<BodyInit | null>}
   */
  async body(path) {
    this.left -= 1;
    const parts = path.split("/");
    if (parts.some((part) => /^\.{0,2}$/.test(part) || part.length > LONGEST)) return null;
    const stored = await this.packs?.find(path);
    if (stored) return /** @type {BodyInit} */ (await plain(stored));
    const response = await this.file(path);
    if (response.status === 200) return response.body ?? "";
    await response.body?.cancel();
    if (response.status >= 500) throw new Problem("unreadable");
    return null;
  }

  /** @param {string} path */
  file(path) {
    const parts = path.split("/").map(encodeURIComponent);
    return this.get(new Request(this.base.replace(/\/*$/, "/") + parts.join("/")));
  }

  /** @param {string} path */
  async json(path) {
    const text = await this.text(path);
    if (text === null) throw new Problem("unreadable");
    return JSON.parse(text);
  }
}

/** @param {string} url */
export function basename(url) {
  return url.slice(url.lastIndexOf("/") + 1);
}
