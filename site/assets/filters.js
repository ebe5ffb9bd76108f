/** The filters beside the results: facets with counts, and chips of those in use. */

import { breakable, element, grouped } from "./element.js";
import { group, value } from "./facets.js";

/** The groups of facets in the order of the page, with what to call them and their values. */
export const GROUPS = [
  ["registry", "This registry says", { recommended: "Recommended", verified: "Verified", approved: "Approved" }],
  ["topic", "Topic", {}],
  ["tag", "Tag", {}],
  ["type", "Package", { npm: "npm", pypi: "PyPI", oci: "OCI image", nuget: "NuGet", cargo: "Cargo", mcpb: "MCPB bundle" }],
  ["where", "Runs", { local: "On your machine", remote: "Remote" }],
  ["transport", "Transport", { stdio: "stdio", "streamable-http": "Streamable HTTP", sse: "SSE" }],
  ["status", "Status", { active: "Active", deprecated: "Deprecated" }],
  ["answered", "Answered a probe", { never: "Never" }],
  ["secrets", "Secrets", { some: "Needs secrets", none: "Needs none" }],
  ["namespace", "Namespace", {}],
];
/** Of groups with many values only those with most servers are shown, and those in use. */
const MOST = { topic: 10, tag: 10, namespace: 6, answered: 4 };

export class Filters {
  constructor(form, chips) {
    this.form = form;
    this.chips = chips;
  }

  /**
   * @param {import("./facets.js").Facets} facets
   * @param {number[]} servers  What there is without any filter.
   * @param {string[]} chosen
   */
  draw(facets, servers, chosen) {
    this.drawCounts(facets.counts(servers, chosen), facets.titles, servers.length, chosen);
  }

  /**
   * @param {Map<string, number>} counts  What each facet leaves.
   * @param {Map<string, string>} titles  Of topics.
   * @param {number} all  How many servers there are without any filter.
   * @param {string[]} [chosen]
   */
  drawCounts(counts, titles, all, chosen = []) {
    const focused = document.activeElement?.value;
    const title = (facet) => facetTitle(facet, titles);
    const groups = GROUPS.flatMap(([name, heading]) => {
      const shown = worthShowing(name, counts, chosen, all);
      const boxes = shown.map((facet) => box(facet, title(facet), counts.get(facet), chosen.includes(facet)));
      return boxes.length ? [element("fieldset", {}, element("legend", {}, heading), ...boxes)] : [];
    });
    this.form.replaceChildren(...groups);
    if (focused?.includes(":")) this.form.querySelector(`[value="${CSS.escape(focused)}"]`)?.focus();
    this.chips.replaceChildren(...chosen.map((facet) => chip(facet, title(facet))));
  }
}

/** The facets of a group that can change anything, in the order to show them. */
function worthShowing(name, counts, chosen, all) {
  const order = Object.keys(GROUPS.find(([group]) => group === name)[2]);
  const rank = (facet) => (order.indexOf(value(facet)) + order.length + 1) % (order.length + 1);
  const found = [...counts.keys()].filter((facet) => group(facet) === name);
  const isChosen = (facet) => chosen.includes(facet);
  // One value that all have says nothing.
  if (!found.some(isChosen) && found.length < 2 && (!found.length || counts.get(found[0]) === all)) return [];
  const most = MOST[name];
  if (most) {
    found.sort((left, right) => isChosen(right) - isChosen(left) || counts.get(right) - counts.get(left) || (left < right ? -1 : 1));
    return found.slice(0, Math.max(most, found.filter(isChosen).length));
  }
  return found.sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : 1));
}

function box(facet, title, count, checked) {
  // What leaves nothing cannot be chosen; what is chosen can be dropped.
  const input = element("input", { type: "checkbox", value: facet, checked, disabled: !count && !checked });
  return element("label", {}, input, element("span", {}, ...breakable(title, ".")), element("small", {}, grouped(count)));
}

function chip(facet, title) {
  const button = element("button", { type: "button", class: "chip" }, title, " ×");
  button.dataset.facet = facet;
  button.ariaLabel = `Remove filter ${title}`;
  return element("li", {}, button);
}

/** What a facet is called. */
function facetTitle(facet, topics) {
  const [, , titles] = GROUPS.find(([name]) => name === group(facet));
  const own = value(facet);
  return titles[own] ?? (group(facet) === "topic" ? topics.get(own) : undefined) ?? own;
}
