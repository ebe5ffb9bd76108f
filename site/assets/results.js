/** The search page: results, facets with counts, chips, sorting, paging; all of it in the URL. */

import { announce } from "./announce.js";
import { card } from "./card.js";
import { element } from "./element.js";
import { group } from "./engine.js";
import { engine } from "./site.js";

const PAGE = 20;
const MOST_PAGES = 50;
const WAIT_MS = 60;
/** The groups of facets in the order of the page, with what to call them and their values. */
const GROUPS = [
  ["type", "Package", { npm: "npm", pypi: "PyPI", oci: "OCI image", nuget: "NuGet", cargo: "Cargo", mcpb: "MCPB bundle" }],
  ["where", "Runs", { local: "On your machine", remote: "Remote" }],
  ["transport", "Transport", { stdio: "stdio", "streamable-http": "Streamable HTTP", sse: "SSE" }],
  ["status", "Status", { active: "Active", deprecated: "Deprecated" }],
  ["secrets", "Secrets", { some: "Needs secrets", none: "Needs none" }],
  ["packages", "Packages", { some: "Has packages", none: "Has none" }],
];

/** Bring the search page to life; nothing on other pages. */
export function results() {
  const view = document.querySelector("[data-results]");
  if (view) new Results(view).start();
}

class Results {
  constructor(view) {
    this.view = view;
    this.form = document.querySelector("form[data-search]");
    this.part = (name) => view.querySelector(`[data-${name}]`);
    this.title = document.title;
    this.turn = 0;
  }

  start() {
    this.view.hidden = false;
    this.read();
    const { q } = this.form.elements;
    let timer = 0;
    q.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.change({ text: q.value, page: 1 }), WAIT_MS);
    });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.view.querySelector(".card a")?.click();
    });
    this.part("sort").addEventListener("change", (event) =>
      this.change({ sort: event.target.value, page: 1 }, "pushState"),
    );
    this.part("facets").addEventListener("change", (event) => this.toggle(event.target.value));
    this.part("chips").addEventListener("click", (event) => {
      const chip = event.target.closest("[data-facet]");
      if (!chip) return;
      this.toggle(chip.dataset.facet);
      q.focus();
    });
    this.part("unfilter").addEventListener("click", () => {
      this.change({ filters: [], page: 1 }, "pushState");
      q.focus();
    });
    this.part("more").addEventListener("click", () => this.change({ page: this.state.page + 1 }));
    document.addEventListener("keydown", (event) => this.key(event));
    addEventListener("popstate", () => {
      this.read();
      this.show();
    });
    // On a phone the keyboard would cover the results.
    if (matchMedia("(hover: hover)").matches) q.focus();
    const fold = this.part("facets-fold");
    const wide = matchMedia("(min-width: 60rem)");
    fold.open = wide.matches;
    wide.addEventListener("change", () => (fold.open = wide.matches));
    this.show();
  }

  /** State from the address. */
  read() {
    const asked = new URLSearchParams(location.search);
    const orders = [...this.part("sort").options].map((option) => option.value);
    this.state = {
      text: asked.get("q") ?? "",
      sort: orders.find((order) => order === asked.get("sort")) ?? "relevance",
      filters: GROUPS.flatMap(([name]) => asked.getAll(name).map((value) => `${name}:${value}`)),
      page: Math.min(Math.max(parseInt(asked.get("page"), 10) || 1, 1), MOST_PAGES),
    };
    this.form.elements.q.value = this.state.text;
    this.part("sort").value = this.state.sort;
  }

  /** State into the address. Back undoes a choice ("pushState"), not each letter of a query. */
  write(how) {
    const { text, sort, filters, page } = this.state;
    const asked = new URLSearchParams();
    if (text.trim()) asked.set("q", text.trim());
    for (const facet of filters) asked.append(group(facet), value(facet));
    if (sort !== "relevance") asked.set("sort", sort);
    if (page > 1) asked.set("page", page);
    const query = asked.toString();
    history[how](null, "", query ? `?${query}` : location.pathname);
  }

  change(what, how = "replaceState") {
    Object.assign(this.state, what);
    this.write(how);
    this.show();
  }

  toggle(facet) {
    const { filters } = this.state;
    const without = filters.filter((other) => other !== facet);
    const chosen = without.length < filters.length ? without : [...filters, facet];
    this.change({ filters: chosen, page: 1 }, "pushState");
  }

  async show() {
    const turn = (this.turn += 1);
    const { text } = this.state;
    document.title = text.trim() ? `${text.trim()} · ${this.title}` : this.title;
    try {
      const answer = await engine.search(this.state);
      const servers = await engine.show(answer.ids.slice(0, this.state.page * PAGE));
      if (turn === this.turn) this.draw(answer, servers);
    } catch {
      if (turn === this.turn) this.say("Search is not to be had at the moment. Reload, or browse.");
    }
  }

  draw({ ids, facets, partial }, servers) {
    const list = this.part("list");
    const place = [...list.querySelectorAll("a")].indexOf(document.activeElement);
    list.replaceChildren(...servers.map(card));
    if (place >= 0) list.querySelectorAll("a")[place]?.focus();
    this.part("nothing").hidden = ids.length > 0;
    this.part("unfilter").hidden = !this.state.filters.length;
    this.part("more").hidden = servers.length >= ids.length;
    this.drawFacets(facets);
    this.drawChips();
    const count = `${ids.length.toLocaleString("en")} ${ids.length === 1 ? "server" : "servers"}`;
    this.say(partial && ids.length ? `${count}, with some of the words` : count);
  }

  say(text) {
    this.part("count").textContent = text;
    announce(text);
  }

  drawFacets(facets) {
    const focused = document.activeElement?.value;
    const groups = GROUPS.map(([name, title, titles]) => {
      const values = [...facets.keys()].filter((facet) => group(facet) === name);
      const order = Object.keys(titles);
      const rank = (facet) => (order.indexOf(value(facet)) + order.length + 1) % (order.length + 1);
      values.sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : 1));
      return element(
        "fieldset",
        {},
        element("legend", {}, title),
        ...values.map((facet) => this.box(facet, titles[value(facet)] ?? value(facet), facets.get(facet))),
      );
    });
    this.part("facets").replaceChildren(...groups);
    if (focused?.includes(":")) {
      this.part("facets").querySelector(`[value="${CSS.escape(focused)}"]`)?.focus();
    }
  }

  box(facet, title, count) {
    const input = element("input", {
      type: "checkbox",
      value: facet,
      checked: this.state.filters.includes(facet),
    });
    return element("label", {}, input, element("span", {}, title), element("small", {}, count.toLocaleString("en")));
  }

  drawChips() {
    const chips = this.state.filters.map((facet) => {
      const [, title, titles] = GROUPS.find(([name]) => name === group(facet));
      const chip = element("button", { type: "button", class: "chip" }, titles[value(facet)] ?? `${title}: ${value(facet)}`, " ×");
      chip.dataset.facet = facet;
      chip.ariaLabel = `Remove filter ${titles[value(facet)] ?? value(facet)}`;
      return element("li", {}, chip);
    });
    this.part("chips").replaceChildren(...chips);
  }

  /** Arrows walk through the results, Escape goes back to the box and clears it. */
  key(event) {
    const { q } = this.form.elements;
    const links = [...this.part("list").querySelectorAll("a")];
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

/** @param {string} facet */
function value(facet) {
  return facet.slice(group(facet).length + 1);
}
