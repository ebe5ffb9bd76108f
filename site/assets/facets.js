/** What servers can be filtered by, read from a file that builder/pages/search/columns.py makes. */

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

export class Facets {
  /**
   * @param {object} columns  The file.
   * @param {Map<number, number[]>} groups  Servers that are the same; each counts as the one that is shown.
   */
  constructor(columns, groups) {
    this.columns = columns;
    this.groups = groups;
    /** What topics are called. */
    this.titles = new Map(columns.topics);
  }

  /** The facets of a server, as `group:value`. */
  of(server) {
    const { facets, combinations, combination, topics, topic, namespaces, namespace } = this.columns;
    const shown = this.groups.get(server)?.[0] ?? server;
    const found = (combinations[combination[shown]] ?? []).map((place) => facets[place]);
    for (const column of topic) {
      const place = DIGITS.indexOf(column[shown]);
      if (place >= 0) found.push(`topic:${topics[place][0]}`);
    }
    const place = DIGITS.indexOf(namespace[shown]);
    if (place >= 0) found.push(`namespace:${namespaces[place]}`);
    return found;
  }

  /**
   * @param {string[]} filters
   * @returns {(server: number) => boolean} whether a server has one of each group's
   */
  test(filters) {
    const wanted = byGroup(filters);
    return (server) => failing(this.of(server), wanted).length === 0;
  }

  /**
   * Count for each facet the servers that it would leave, with the filters of the other groups.
   *
   * @param {number[]} servers  Those found without any filter.
   * @param {string[]} filters
   * @returns {Map<string, number>}
   */
  counts(servers, filters) {
    if (!filters.length) return this.#tally(servers);
    const wanted = byGroup(filters);
    const counts = new Map(filters.map((facet) => [facet, 0]));
    for (const server of servers) {
      const own = this.of(server);
      const failed = failing(own, wanted);
      if (failed.length > 1) continue;
      for (const facet of own) {
        if (!failed.length || group(facet) === failed[0]) counts.set(facet, (counts.get(facet) ?? 0) + 1);
      }
    }
    return counts;
  }

  /** Count without filters: of thousands of servers by place, and what the places are called at the end. */
  #tally(servers) {
    const { facets, combinations, combination, topics, topic, namespaces, namespace } = this.columns;
    const counts = new Map();
    const add = (facet, count) => count && counts.set(facet, (counts.get(facet) ?? 0) + count);
    const sets = new Uint32Array(combinations.length);
    const ofTopic = new Uint32Array(topics.length);
    const ofNamespace = new Uint32Array(namespaces.length);
    for (const server of servers) {
      const shown = this.groups.get(server)?.[0] ?? server;
      sets[combination[shown]] += 1; // one that is not shown has none: -1 is no place
      for (const column of topic) ofTopic[DIGITS.indexOf(column[shown])] += 1;
      ofNamespace[DIGITS.indexOf(namespace[shown])] += 1;
    }
    combinations.forEach((places, set) => places.forEach((place) => add(facets[place], sets[set])));
    topics.forEach(([slug], place) => add(`topic:${slug}`, ofTopic[place]));
    namespaces.forEach((name, place) => add(`namespace:${name}`, ofNamespace[place]));
    return counts;
  }
}

/**
 * @param {string} facet
 * @returns {string} the part before the colon
 */
export function group(facet) {
  return facet.slice(0, facet.indexOf(":"));
}

/** @param {string} facet */
export function value(facet) {
  return facet.slice(facet.indexOf(":") + 1);
}

/** The filters of each group. */
function byGroup(filters) {
  const found = new Map();
  for (const facet of filters) found.set(group(facet), [...(found.get(group(facet)) ?? []), facet]);
  return found;
}

/** The groups of which a server has none of the wanted facets. */
function failing(own, wanted) {
  return [...wanted].filter(([, facets]) => !facets.some((facet) => own.includes(facet))).map(([name]) => name);
}
