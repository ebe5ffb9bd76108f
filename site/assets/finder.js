/** Search as a page needs it: the engine over fetched files, filters with counts, other orders. */

import { search } from "./search/engine.js";
import { Index } from "./search/searchindex.js";
import { Facets } from "./facets.js";
// What these import is named here as well: so all of it is fetched at once, and not one after the other.
import "./search/likeness.js";
import "./search/meaning.js";
import "./search/numbers.js";
import "./search/plan.js";
import "./search/query.js";
import "./search/secondlook.js";
import "./search/stem.js";
import "./search/words.js";

/**
 * @typedef {{text: string, filters: string[], sort: string}} Query  Filters are `group:value`.
 * @typedef {object} Found
 * @property {number[]} servers  Best first, or in the order that was asked for.
 * @property {number} complete  So many of them have every word.
 * @property {string} suggestion  The query as it was probably meant, "" if it is fine.
 * @property {boolean} saysNothing  No word of the query tells one server from another.
 * @property {number[]} unfiltered  What there would be without the filters.
 */

/** Milliseconds that a search works before others have their turn. */
const TURN = 8;
let since = 0;

/** Let other tasks come first, unless they just could: `scheduler.yield` where there is one, for it goes on sooner. */
async function pause() {
  if (performance.now() - since < TURN) return;
  await (globalThis.scheduler?.yield?.() ?? new Promise((resolve) => setTimeout(resolve)));
  since = performance.now();
}

export class Finder {
  /** @param {() => string} folder  Returns the address of the index's folder, with a slash at its end. */
  constructor(folder) {
    this.index = new Index(async (path) => {
      const cache = path === "index.json" ? "no-cache" : "default";
      const response = await fetch(new URL(path, folder()), { cache });
      if (!response.ok) throw new Error(`${path}: ${response.status}`);
      return response.json();
    }, pause);
  }

  /** Fetch what every query needs. Safe to call again: it is fetched once. */
  open() {
    return this.index.open();
  }

  /**
   * @param {Query} query
   * @returns {Promise<Found>}
   */
  async find({ text, filters, sort }) {
    const all = await search(this.index, text);
    let found = all;
    if (filters.length) {
      const facets = await this.facets();
      found = await search(this.index, text, facets.test(filters));
    }
    const servers = await this.#ordered(found.servers, sort);
    return { ...found, servers, unfiltered: all.servers };
  }

  /** What servers can be filtered by; fetched when first asked for. */
  async facets() {
    await this.open();
    this.filters ??= new Facets(await this.index.file(this.index.top.facets), this.index.groups);
    return this.filters;
  }

  /** How many of all servers each filter leaves, and titles of topics: much less than `facets`. */
  async counts() {
    await this.open();
    const { topics, counts } = await this.index.file(this.index.top.counts);
    return { titles: new Map(topics), counts: new Map(Object.entries(counts)) };
  }

  /**
   * @param {number[]} servers
   * @returns {Promise<object[]>} these servers, as results show them
   */
  async show(servers) {
    const rows = await this.index.rows(servers);
    return rows.map(([name, title, description, version, day, badges, hue, topics, deprecated, also, caution = "", icon = ""]) => {
      return { name, title, description, version, day, badges, hue, topics, deprecated, also, caution, icon };
    });
  }

  async #ordered(servers, sort) {
    if (sort === "newest") return [...servers].sort((left, right) => right - left);
    if (sort === "updated") {
      const day = await this.index.file(this.index.top.days);
      return [...servers].sort((left, right) => day[right] - day[left] || right - left);
    }
    if (sort === "name") {
      const rank = await this.index.file(this.index.top.names);
      return [...servers].sort((left, right) => rank[left] - rank[right]);
    }
    return servers;
  }
}
