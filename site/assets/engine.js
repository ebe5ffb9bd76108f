/**
 * Search over the files that builder/pages/search makes: fetches the two or three that a query
 * needs, ranks, filters, sorts. It knows nothing of the page.
 */

import { likeness, mistyped, namespaceTerm, stem, words } from "./words.js";

/** What a hit is worth by the field it is in: see `_fields` in builder/pages/search/entry.py. */
const WORTH = [1, 2, 3, 5, 8, 10, 14, 20];
const MISTYPED = 0.4;
const DEPRECATED = 0.4;
const MOST_SHARDS = 4;
/** Without a letter or a digit nothing is asked for that could be found. */
const WRITTEN = /[\p{L}\p{N}]/u;

/** @typedef {{text: string, filters: string[], sort: string}} Query */
/** @typedef {{ids: number[], facets: Map<string, number>, partial: boolean}} Answer */

export class Engine {
  /** @param {string | URL} folder the address of the index's folder, with a slash at its end */
  constructor(folder) {
    this.folder = folder;
    this.files = new Map();
    this.postings = new Map();
  }

  /** Fetch what every query needs. Safe to call again: it is fetched once. */
  async open() {
    this.index ??= await this.#fetch("index.json", "no-cache");
    this.columns ??= await this.#part(this.index.columns);
    return this;
  }

  /**
   * @param {Query} query
   * @returns {Promise<Answer>} the numbers of the servers found, best first; how many of them
   *   each facet has (with the filters of the other groups); and whether words had to be left out
   */
  async search({ text, filters, sort }) {
    await this.open();
    const { scores, partial } = await this.#score(text);
    const { accepts, facets } = this.#facets(scores, filters);
    const ids = [];
    for (let id = 0; id < scores.length; id += 1) {
      if (scores[id] > 0 && accepts[this.columns.combination[id]]) ids.push(id);
    }
    ids.sort(await this.#order(sort, scores));
    return { ids, facets, partial };
  }

  /**
   * @param {number[]} ids
   * @returns {Promise<object[]>} the servers with these numbers, as results show them
   */
  show(ids) {
    return Promise.all(
      ids.map(async (id) => {
        const { bundle, bundles } = this.index;
        const found = await this.#part(bundles[Math.floor(id / bundle)]);
        const [name, title, description, version, day, badges, hue] = found[id % bundle];
        return { name, title, description, version, day, badges, hue };
      }),
    );
  }

  async #score(text) {
    const { count } = this.index;
    const asked = words(text);
    const namespace = namespaceTerm(text);
    if (!asked.length && !namespace) {
      if (text.trim() && !WRITTEN.test(text)) return { scores: new Float32Array(count), partial: false };
      const shown = (combination) => (combination < 0 ? 0 : 1);
      return { scores: Float32Array.from(this.columns.combination, shown), partial: false };
    }
    const scores = new Float32Array(count);
    const matched = new Uint8Array(count);
    for (const word of asked) {
      const best = await this.#best(word);
      for (let id = 0; id < count; id += 1) {
        if (best[id] === 0) continue;
        scores[id] += best[id];
        matched[id] += 1;
      }
    }
    // Two words that are one in a name: "file system" finds filesystem.
    if (asked.length > 1) await this.#whole(asked.join(""), asked.length, scores, matched);
    if (namespace) await this.#whole(namespace, Math.max(1, asked.length), scores, matched);
    const most = matched.reduce((left, right) => Math.max(left, right), 0);
    const deprecated = this.#having("status:deprecated");
    for (let id = 0; id < count; id += 1) {
      if (matched[id] < most) scores[id] = 0;
      else if (deprecated[this.columns.combination[id]]) scores[id] *= DEPRECATED;
    }
    return { scores, partial: most < asked.length };
  }

  /** A term that stands for the whole query: it counts beside the words, and for all of them. */
  async #whole(term, asked, scores, matched) {
    const shard = await this.#shard(term);
    for (const [id, weight] of this.#decode(term, shard[term] ?? "")) {
      scores[id] += WORTH[weight];
      matched[id] = asked;
    }
  }

  async #best(word) {
    const best = new Float32Array(this.index.count);
    const shards = await this.#shards(word);
    const add = (rate) => {
      for (const shard of shards) {
        for (const [term, postings] of Object.entries(shard)) {
          const quality = rate(term);
          if (!quality) continue;
          for (const [id, weight] of this.#decode(term, postings)) {
            const worth = quality * WORTH[weight];
            if (worth > best[id]) best[id] = worth;
          }
        }
      }
    };
    add((term) => (word.length > 1 || term === word ? likeness(word, term) : 0));
    if (word.length > 3 && best.every((worth) => worth === 0)) {
      add((term) => (mistyped(word, term) ? MISTYPED : 0));
    }
    return best;
  }

  #decode(term, postings) {
    let decoded = this.postings.get(term);
    if (!decoded) {
      let id = 0;
      decoded = postings
        .split(" ")
        .filter(Boolean)
        .map((text) => {
          const number = parseInt(text, 36);
          id += number >> 3;
          return [id, number & 7];
        });
      this.postings.set(term, decoded);
    }
    return decoded;
  }

  /** The shards that may hold a word, its plural, or words that begin with it. */
  #shards(word) {
    const from = word.length > 1 ? stem(word).replace(/y$/, "") : word;
    const to = word.length > 1 ? `${from}\uffff` : word;
    const { terms } = this.index;
    const found = terms.filter(
      ([first], place) => first <= to && (place + 1 === terms.length || terms[place + 1][0] > from),
    );
    return Promise.all(found.slice(0, MOST_SHARDS).map(([, file]) => this.#part(file)));
  }

  async #shard(term) {
    const found = this.index.terms.findLast(([first]) => first <= term);
    return found ? this.#part(found[1]) : {};
  }

  /** For each combination of facets: does it have this one? */
  #having(facet) {
    const place = this.columns.facets.indexOf(facet);
    return this.columns.combinations.map((combination) => combination.includes(place));
  }

  #facets(scores, filters) {
    const { facets, combinations, combination } = this.columns;
    const hits = new Uint32Array(combinations.length);
    for (let id = 0; id < scores.length; id += 1) if (scores[id] > 0) hits[combination[id]] += 1;
    const groups = Map.groupBy(filters, group);
    const passes = (values, except) =>
      [...groups].every(
        ([name, wanted]) => name === except || wanted.some((facet) => values.includes(facet)),
      );
    const named = combinations.map((places) => places.map((place) => facets[place]));
    const counts = new Map();
    named.forEach((values, place) => {
      for (const facet of values) {
        const more = hits[place] && passes(values, group(facet)) ? hits[place] : 0;
        counts.set(facet, (counts.get(facet) ?? 0) + more);
      }
    });
    return { accepts: named.map((values) => passes(values, null)), facets: counts };
  }

  async #order(sort, scores) {
    const { day } = this.columns;
    if (sort === "newest") return (left, right) => right - left;
    if (sort === "updated") return (left, right) => day[right] - day[left] || right - left;
    if (sort === "name") {
      const rank = await this.#part(this.index.names);
      return (left, right) => rank[left] - rank[right];
    }
    return (left, right) =>
      scores[right] - scores[left] || day[right] - day[left] || right - left;
  }

  #part(name) {
    if (!this.files.has(name)) {
      const file = this.#fetch(name, "default");
      this.files.set(name, file);
      file.catch(() => this.files.delete(name));
    }
    return this.files.get(name);
  }

  async #fetch(name, cache) {
    const response = await fetch(new URL(name, this.folder), { cache });
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    return response.json();
  }
}

/**
 * @param {string} facet
 * @returns {string} the part before the colon
 */
export function group(facet) {
  return facet.slice(0, facet.indexOf(":"));
}
