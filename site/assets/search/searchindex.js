/** The files of a search index, fetched as a query needs them; builder/search/index.py says what there is. */

import { stem } from "./stem.js";

/**
 * @callback Read
 * @param {string} path  A file of the index, in its folder.
 * @returns {Promise<any>} its contents
 */

export class Index {
  /** @param {Read} read */
  constructor(read) {
    this.read = read;
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
    this.count = this.top.count;
    // Each is read when it is there, so that a key that is pressed meanwhile waits for one of them only.
    const head = this.file(this.top.head).then((found) => this.#readHead(found));
    const meaning = this.file(this.top.meaning).then((found) => (this.meaning = readMeaning(found)));
    await Promise.all([head, meaning]);
    return this;
  }

  #readHead({ priors, groups }) {
    this.priors = Uint8Array.from(priors, (digit) => parseInt(digit, 36));
    this.groups = new Map();
    for (const group of groups) for (const server of group) this.groups.set(server, group);
  }

  /** The number of the file of terms that would hold a term; -1 if it is before all. */
  shardOf(term) {
    const { terms } = this.top;
    let [low, high] = [0, terms.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (terms[middle][0] <= term) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** The terms of a file, each with its postings. */
  async shard(number) {
    return number < 0 ? {} : this.file(this.top.terms[number][1]);
  }

  /** Words that several servers have, as written, and how many have them. */
  async vocabulary() {
    const parts = (await this.file(this.top.vocabulary)).split(" ");
    this.words ??= parts.flatMap((word, place) => (place % 2 ? [] : [[word, Number(parts[place + 1])]]));
    return this.words;
  }

  /**
   * @param {number[]} servers
   * @returns {Promise<any[][]>} servers as they are shown
   */
  rows(servers) {
    const { bundle, bundles } = this.top;
    const size = bundles.length / Math.ceil(this.count / bundle);
    return Promise.all(
      servers.map(async (server) => {
        const start = Math.floor(server / bundle) * size;
        return (await this.file(bundles.slice(start, start + size)))[server % bundle];
      }),
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

/**
 * Read the tables of meaning: builder/search/meaning.py writes once what several words share. A query
 * has few words, so that what stands for each is read when it is asked for.
 */
function readMeaning({ phrases, also, light, widen }) {
  const answers = new Map(also.flatMap(([words, answers]) => words.split(" ").map((word) => [word, answers])));
  return {
    phrases: new Map(Object.entries(phrases).flatMap(([term, texts]) => texts.map((text) => [text, term]))),
    light: new Set(light.split(" ")),
    widen: new Map(Object.entries(widen).flatMap(([slug, words]) => words.split(" ").map((word) => [word, slug]))),
    knows: (term) => answers.has(term),
    /** What else finds what is meant by a term, each with its quality. */
    also: (term) =>
      (answers.get(term) ?? []).flatMap(([quality, others]) =>
        others.split(" ").flatMap((other) => (other === term ? [] : [[other, quality]])),
      ),
  };
}
