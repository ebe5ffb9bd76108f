/** Addresses of this site; where it begins stands in the search box, which every page has. */

// A folded page has its search box only when it is unfolded.
const place = () => document.querySelector("form[data-search]").dataset;

/**
 * @param {string} path a path of the site, below its root
 * @returns {string}
 */
export function at(path) {
  return new URL(place().root + path, document.baseURI).href;
}

/**
 * @param {string} name
 * @returns {string} the address of a server's page
 */
export function serverPage(name) {
  return at(`servers/${name.split("/").map(encodeURIComponent).join("/")}/`);
}

let loaded;

/** The engine, fetched when it is first asked: most visits to a page search nothing. */
function engine() {
  loaded ??= import("./finder.js").then(({ Finder }) => new Finder(() => at(place().index)));
  loaded.catch(() => (loaded = undefined));
  return loaded;
}

const asking = (name) => async (...given) => (await engine())[name](...given);

/**
 * The search of the page; nothing is fetched before it is asked.
 * @type {Pick<import("./finder.js").Finder, "open" | "find" | "show" | "facets" | "counts">}
 */
export const finder = {
  open: asking("open"),
  find: asking("find"),
  show: asking("show"),
  facets: asking("facets"),
  counts: asking("counts"),
};
