/**
 * The documents of a packed site, cut out of packs. builder/pack/ is the same in Python: key.py says
 * which bits an address has, index.py which pack has them, file.py what a pack looks like.
 */

import { Problem } from "./problem.js";

const MAGIC = "mcppack2";
const HEAD = MAGIC.length + 4;
const KEPT = 16; // packs in memory, of at most 512 KB each
const TEXTS = 12; // texts in memory, of at most 32 KB each: those of a deployment, and of older ones
const BITS = 64;

/** @type {Map<string, Pack>} Packs by their names, which are of their content: the last used is last. */
const kept = new Map();
/** @type {Map<string, Uint8Array>} What documents refer back to, by the names of the files. */
const texts = new Map();
/** @type {WeakMap<object, Promise<PackIndex>>} A deployment's files never change. */
const indexes = new WeakMap();

/**
 * @typedef {{groups: RegExp[], packs: Map<string, string>, words: Record<string, string>}} PackIndex
 * @typedef {{bytes: Uint8Array, start: number, rows: Map<string, [string, number, number, string, string]>}} Pack
 * @typedef {{bytes: Uint8Array, encoding: string, digest: string, words: Uint8Array | null}} Stored
 *   `words` is the text that the document refers back to.
 */

/** Finds documents. */
export class Packs {
  /**
   * @param {import("./types.js").Env} env
   * @param {(path: string) => Promise<Response>} get  Fetches a file of the site.
   */
  constructor(env, get) {
    this.env = env;
    this.get = get;
  }

  /**
   * Return a document as it is stored, null if no pack has it.
   * @param {string} path  Decoded, relative to the root of the site.
   * @returns {Promise<Stored | null>}
   */
  async find(path) {
    const { groups, packs, words } = await this.index();
    const bits = await keyBits(path, groups);
    for (let length = 0; length <= BITS; length += 1) {
      const name = packs.get(bits.slice(0, length));
      if (name === undefined) continue;
      const { bytes, start, rows } = await this.pack(name);
      const row = rows.get(path);
      if (row === undefined) return null;
      const [, offset, size, digest, encoding] = row;
      const stored = bytes.subarray(start + offset, start + offset + size);
      const text = words[encoding] ? await this.words(words[encoding]) : null;
      return { bytes: stored, encoding, digest, words: text };
    }
    return null;
  }

  /** @returns {Promise<PackIndex>} */
  async index() {
    if (this.env.ASSETS === undefined) return this.readIndex();
    const known = indexes.get(this.env) ?? this.readIndex();
    indexes.set(this.env, known);
    known.catch(() => indexes.delete(this.env));
    return known;
  }

  async readIndex() {
    const { groups, packs, words } = JSON.parse(new TextDecoder().decode(await this.file("packs/index.json")));
    return {
      groups: groups.map((/** @type {string} */ pattern) => new RegExp(pattern)),
      words,
      packs: new Map(packs.map((/** @type {string[]} */ [prefix, name]) => [prefix, name])),
    };
  }

  /**
   * @param {string} name
   * @returns {Promise<Pack>}
   */
  async pack(name) {
    const pack = kept.get(name) ?? await opened(await this.named(`packs/data/${name}.pack`));
    keep(kept, name, pack, KEPT);
    return pack;
  }

  /**
   * @param {string} name
   * @returns {Promise<Uint8Array>}
   */
  async words(name) {
    const text = texts.get(name) ?? await this.named(`packs/words/${name}`);
    keep(texts, name, text, TEXTS);
    return text;
  }

  /**
   * Return a file that is named by its content: what a host has mixed up, cut off or altered is not read.
   * @param {string} path
   */
  async named(path) {
    const bytes = await this.file(path);
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
    const name = path.slice(path.lastIndexOf("/") + 1).split(".", 1)[0];
    if (!name || !hex.startsWith(name)) throw new Problem("unreadable");
    return bytes;
  }

  /** @param {string} path */
  async file(path) {
    const response = await this.get(path);
    if (response.status !== 200) throw new Problem("unreadable");
    return new Uint8Array(await response.arrayBuffer());
  }
}

/**
 * Put what was just used at the end of a map, and take what was not used for longest out of one that is full.
 * @template T
 * @param {Map<string, T>} map
 * @param {string} name
 * @param {T} value
 * @param {number} most
 */
function keep(map, name, value, most) {
  map.delete(name);
  map.set(name, value);
  if (map.size > most) map.delete(map.keys().next().value ?? "");
}

/**
 * Return the bytes of a document as they are without compression.
 * @param {Stored} stored
 * @returns {Promise<Uint8Array | ReadableStream>}
 */
export async function plain({ bytes, encoding, words }) {
  if (!encoding) return bytes;
  if (!words) return inflated([bytes], /** @type {CompressionFormat} */ (encoding));
  // The text as a block that is stored as it is (RFC 1951, 3.2.4): then there is something to refer to.
  const size = words.length;
  const head = Uint8Array.of(0, size & 255, size >> 8, ~size & 255, (~size >> 8) & 255);
  const whole = await new Response(inflated([head, words, bytes], "deflate-raw")).arrayBuffer();
  return new Uint8Array(whole).subarray(size);
}

/**
 * @param {Uint8Array[]} parts
 * @param {CompressionFormat} format
 */
function inflated(parts, format) {
  const stream = new Blob(/** @type {BlobPart[]} */ (parts)).stream();
  return stream.pipeThrough(new DecompressionStream(format));
}

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<Pack>}
 */
async function opened(bytes) {
  const decoder = new TextDecoder();
  if (decoder.decode(bytes.subarray(0, MAGIC.length)) !== MAGIC) throw new Problem("unreadable");
  const start = HEAD + new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length);
  const rows = await new Response(inflated([bytes.subarray(HEAD, start)], "deflate-raw")).json();
  return { bytes, start, rows: new Map(rows.map((/** @type {any[]} */ row) => [row[0], row])) };
}

/**
 * Return the key of a document as zeros and ones: half of it is its group's.
 * @param {string} path
 * @param {RegExp[]} groups
 */
async function keyBits(path, groups) {
  const match = groups.map((pattern) => pattern.exec(path)).find((found) => found !== null);
  return (await hashBits(match?.[1] ?? "")) + (await hashBits(path));
}

/** @param {string} value */
async function hashBits(value) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(value));
  return new DataView(digest).getUint32(0).toString(2).padStart(BITS / 2, "0");
}
