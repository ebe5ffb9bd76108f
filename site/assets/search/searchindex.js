/** The files of a search index, fetched as a query needs them; builder/search/index.py says what there is. */

import { Meaning, topicsByWord } from "./meaning.js";
import { DIGITS, LETTERS } from "./numbers.js";

/**
 * @callback Read
 * @param {string} path  A file of the index, in its folder.
 * @returns {Promise<any>} its contents
 */

export class Index {
  /**
   * @param {Read} read
   * @param {() => Promise<void> | undefined} [pause]  Lets others have the thread between two parts of a search.
   */
  constructor(read, pause = () => undefined) {
    this.read = read;
    this.pause = pause;
    this.files = new Map();
  }

  /** Fetch what every query needs. Safe to call again: it is fetched once. */
  open() {
    this.opened ??= this.#open().catch((error) => {
      this.opened = undefined;
      throw error;
    });
    return this.opened;
  }

  async #open() {
    this.top = await this.read("index.json");
    const { count, firsts, shards, bundle, bundles } = this.top;
    this.count = count;
    this.shards = digests(shards, shards ? firsts.split(" ").length : 0);
    this.firsts = shards ? firsts.split(" ") : [];
    this.bundles = digests(bundles, Math.ceil(count / bundle));
    // Each is read when it is there, so that a key that is pressed meanwhile waits for one of them only.
    const head = this.file(this.top.head).then((found) => this.#readHead(found));
    const meaning = this.file(this.top.meaning).then((found) => (this.meaning = new Meaning(found)));
    await Promise.all([head, meaning]);
    return this;
  }

  #readHead({ priors, groups }) {
    this.priors = new Uint8Array(priors.length);
    for (let server = 0; server < priors.length; server += 1) {
      const code = priors.charCodeAt(server);
      this.priors[server] = code < LETTERS ? code - DIGITS : code - LETTERS + 10;
    }
    this.groups = new Map();
    for (const group of groups) for (const server of group) this.groups.set(server, group);
  }

  /**
   * Fetch the part of the tables of meaning that only queries with other than ASCII letters need.
   *
   * @param {string} text  A query.
   */
  async openFor(text) {
    if (/[^\x00-\x7f]/.test(text)) this.meaning.add(await this.file(this.top.foreign));
  }

  /** The topics to which words belong that hardly any server has. */
  async widen() {
    this.topics ??= topicsByWord(await this.file(this.top.widen));
    return this.topics;
  }

  /** The number of the file of terms that would hold a term; -1 if it is before all. */
  shardOf(term) {
    let [low, high] = [0, this.firsts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.firsts[middle] <= term) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The terms of a file, each with its postings. */
  async shard(number) {
    return number < 0 ? {} : this.file(this.shards[number]);
  }

  /** Words that several servers have, as written, and how many have them. */
  async vocabulary() {
    const text = await this.file(this.top.vocabulary);
    const parts = text ? text.split(" ") : [];
    this.words ??= parts.flatMap((word, place) => (place % 2 ? [] : [[word, Number(parts[place + 1])]]));
    return this.words;
  }

  /**
   * @param {number[]} servers
   * @returns {Promise<any[][]>} servers as they are shown
   */
  rows(servers) {
    const { bundle } = this.top;
    return Promise.all(
      servers.map(async (server) => (await this.file(this.bundles[Math.floor(server / bundle)]))[server % bundle]),
    );
  }

  /** The contents of a file, by its digest. */
  file(digest) {
    if (!this.files.has(digest)) {
      const found = this.read(`part/${digest}.json`);
      this.files.set(digest, found);
      found.catch(() => this.files.delete(digest));
    }
    return this.files.get(digest);
  }
}

/** Digests that are written one behind the other. */
function digests(text, count) {
  const size = text.length / count;
  return Array.from({ length: count }, (_, place) => text.slice(place * size, (place + 1) * size));
}
