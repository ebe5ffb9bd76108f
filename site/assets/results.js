/** The search page: results, what is to be said of them, filters, sorting, paging; all of it in the URL. */

import { announce } from "./announce.js";
import { card } from "./card.js";
import { documentation } from "./documentation.js";
import { element, grouped } from "./element.js";
import { group, value } from "./facets.js";
import { Filters, GROUPS } from "./filters.js";
import { at, finder } from "./site.js";

const PAGE = 20;
const MOST_PAGES = 50;

/** @param {HTMLElement} view  Of the search page. */
export function resultsPage(view) {
  new Results(view).start();
}

class Results {
  constructor(view) {
    this.view = view;
    this.form = document.querySelector("form[data-search]");
    this.part = (name) => view.querySelector(`[data-${name}]`);
    this.filters = new Filters(this.part("facets"), this.part("chips"));
    this.title = document.title;
    this.fold = this.part("facets-fold");
    this.turn = 0;
    this.isTyping = false; // the address is that of a query which is being typed
  }

  start() {
    this.read();
    const { q } = this.form.elements;
    q.addEventListener("input", () => this.change({ text: q.value, page: 1 }, "letter"));
    // Enter searches what stands in the box; a result opens when it has the focus.
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.change({ text: q.value, page: 1 }, "enter");
    });
    this.part("sort").addEventListener("change", (event) =>
      this.change({ sort: event.target.value, page: 1 }),
    );
    this.part("facets").addEventListener("change", (event) => this.toggle(event.target.value));
    this.part("facets").addEventListener("submit", (event) => event.preventDefault());
    this.part("chips").addEventListener("click", (event) => {
      const chip = event.target.closest("[data-facet]");
      if (!chip) return;
      this.toggle(chip.dataset.facet);
      q.focus();
    });
    this.view.addEventListener("click", (event) => this.click(event));
    this.part("more").addEventListener("click", () => this.change({ page: this.state.page + 1 }, "more"));
    document.addEventListener("keydown", (event) => this.key(event));
    addEventListener("popstate", () => {
      this.isTyping = false;
      this.read();
      this.show();
    });
    // On a phone the keyboard would cover the results.
    if (matchMedia("(hover: hover)").matches) q.focus();
    const wide = matchMedia("(min-width: 60rem)");
    this.fold.open = wide.matches;
    wide.addEventListener("change", () => (this.fold.open = wide.matches));
    this.fold.addEventListener("toggle", () => this.showFilters());
    if (this.query() || this.state.page > 1) this.show();
    else idle().then(() => this.showFilters());
  }

  /** The list of the page itself is that of no query: for it only the filters are to be drawn. */
  async showFilters() {
    const { turn } = this;
    try {
      await finder.open();
      if (!this.fold.open || turn !== this.turn) return;
      if (this.found) return await this.drawFilters();
      const { counts, titles } = await finder.counts();
      if (turn === this.turn) this.filters.drawCounts(counts, titles, Number(this.part("facets").dataset.all));
    } catch {
      if (turn === this.turn) this.fail();
    }
  }

  /** State from the address. */
  read() {
    const asked = new URLSearchParams(location.search);
    const orders = [...this.part("sort").options].map((option) => option.value);
    this.state = {
      text: asked.get("q") ?? "",
      sort: orders.find((order) => order === asked.get("sort")) ?? "relevance",
      filters: GROUPS.flatMap(([name]) => asked.getAll(name).map((chosen) => `${name}:${chosen}`)),
      page: Math.min(Math.max(parseInt(asked.get("page"), 10) || 1, 1), MOST_PAGES),
    };
    this.form.elements.q.value = this.state.text;
    this.part("sort").value = this.state.sort;
  }

  /**
   * State into the address. Back undoes a choice or a whole query, not each letter: a query has one
   * entry in the history from its first letter to Enter, however fast either comes.
   */
  write(cause) {
    const query = this.query();
    const page = this.state.page > 1 ? `${query ? "&" : ""}page=${this.state.page}` : "";
    const address = query || page ? `?${query}${page}` : location.pathname;
    const isSame = address === (location.search || location.pathname);
    const isTyped = cause === "letter" || cause === "enter";
    const replaces = cause === "more" || (isTyped && this.isTyping);
    if (!isSame) history[replaces ? "replaceState" : "pushState"](null, "", address);
    if (cause === "letter") this.isTyping ||= !isSame;
    else if (cause !== "more") this.isTyping = false;
  }

  query() {
    const { text, sort, filters } = this.state;
    const asked = new URLSearchParams();
    if (text.trim()) asked.set("q", text.trim());
    for (const facet of filters) asked.append(group(facet), value(facet));
    if (sort !== "relevance") asked.set("sort", sort);
    return asked.toString();
  }

  /** `cause`: "letter", "enter", "more" (of the same results) or "choice". */
  change(what, cause = "choice") {
    Object.assign(this.state, what);
    this.write(cause);
    this.show();
  }

  toggle(facet) {
    const { filters } = this.state;
    const without = filters.filter((other) => other !== facet);
    const chosen = without.length < filters.length ? without : [...filters, facet];
    this.change({ filters: chosen, page: 1 });
  }

  /** What stands in sentences: a better query, and the way out of filters. */
  click(event) {
    const { q } = this.form.elements;
    const suggestion = event.target.closest("[data-suggestion]")?.dataset.suggestion;
    if (suggestion) {
      q.value = suggestion;
      this.change({ text: suggestion, page: 1 });
    } else if (event.target.closest("[data-unfilter]")) {
      this.change({ filters: [], page: 1 });
    } else return;
    event.preventDefault();
    q.focus();
  }

  async show() {
    const turn = (this.turn += 1);
    const { text } = this.state;
    document.title = text.trim() ? `${text.trim()} · ${this.title}` : this.title;
    try {
      const found = await finder.find(this.state);
      const servers = await finder.show(found.servers.slice(0, this.state.page * PAGE));
      if (turn !== this.turn) return;
      this.found = found;
      this.draw(found, servers);
      await idle(); // the results are painted first
      if (turn !== this.turn) return;
      await this.drawFilters();
    } catch {
      if (turn === this.turn) this.fail();
    }
    const pages = await documentation(text).catch(() => []);
    if (turn === this.turn) this.drawDocumentation(pages);
  }

  /** Draw the filters after the results, and only where they are seen: their file is the largest of a search. */
  async drawFilters() {
    const { found, turn } = this;
    const { filters } = this.state;
    if (!found || !(this.fold.open || filters.length)) return;
    const facets = await finder.facets();
    if (turn === this.turn) this.filters.draw(facets, found.unfiltered, filters);
  }

  draw(found, servers) {
    const list = this.part("list");
    const titles = () => [...list.querySelectorAll(".card-title a")];
    const place = titles().indexOf(document.activeElement);
    const cards = servers.map((server) => card(server));
    if (this.state.sort === "relevance" && found.complete > 0 && found.complete < cards.length) {
      cards.splice(found.complete, 0, element("li", { class: "divider" }, "These lack a word, or only hint at it"));
    }
    list.replaceChildren(...cards);
    delete document.documentElement.dataset.asked;
    if (place >= 0) titles()[place]?.focus();
    this.part("note").replaceChildren(...this.note(found));
    this.part("nothing").hidden = found.unfiltered.length > 0;
    this.part("more").hidden = servers.length >= found.servers.length;
    this.say(count(found.servers.length));
  }

  /** What is to be said of an answer before its results. */
  note({ servers, complete, suggestion, saysNothing, unfiltered }) {
    if (unfiltered.length && !servers.length) {
      const drop = element("button", { type: "button", class: "button" }, `Show ${count(unfiltered.length)} without filters`);
      drop.dataset.unfilter = "";
      return [element("p", {}, "No result passes the filters. "), element("p", {}, drop)];
    }
    if (suggestion) {
      const better = element("a", { href: `?${new URLSearchParams({ q: suggestion })}` }, suggestion);
      better.dataset.suggestion = suggestion;
      return [element("p", {}, "Did you mean ", better, "?")];
    }
    if (saysNothing) return [element("p", {}, "Nearly every entry has these words: here are all servers.")];
    if (servers.length && !complete) return [element("p", {}, "No server has all of this; these come close.")];
    return [];
  }

  fail() {
    const { dataset } = document.documentElement;
    if ("asked" in dataset) this.part("list").replaceChildren();
    delete dataset.asked;
    this.say("Search cannot be reached at the moment. Reload the page, or browse.");
  }

  say(text) {
    this.part("count").textContent = text;
    announce(text);
  }

  drawDocumentation(pages) {
    const links = pages.map(({ title, path }) => element("li", {}, element("a", { href: at(path) }, title)));
    this.part("docs-list").replaceChildren(...links);
    this.part("docs").hidden = !links.length;
  }

  /** Arrows walk through the results, Escape goes back to the box and clears it. */
  key(event) {
    const { q } = this.form.elements;
    const links = [...this.part("list").querySelectorAll(".card-title a")];
    const place = links.indexOf(event.target);
    if (event.key === "Escape" && (event.target === q || place >= 0)) {
      q.value = "";
      q.focus();
      this.change({ text: "", page: 1 });
    } else if (event.key === "ArrowDown" && (event.target === q || place >= 0)) {
      links[Math.min(place + 1, links.length - 1)]?.focus();
    } else if (event.key === "ArrowUp" && place >= 0) {
      (place ? links[place - 1] : q).focus();
    } else return;
    event.preventDefault();
  }
}

/** Resolve when the page has painted what it has, and takes keys again. */
const idle = () => new Promise((resolve) => setTimeout(resolve, 1));

/** @param {number} servers */
function count(servers) {
  return `${grouped(servers)} ${servers === 1 ? "server" : "servers"}`;
}
