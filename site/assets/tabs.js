/**
 * Tabs out of a row of <details>: WAI-ARIA tabs with arrow keys, and a menu in their place where the
 * page is narrow (site.css shows one of both); the choice is remembered.
 * Without this script the <details> work by themselves.
 * https://www.w3.org/WAI/ARIA/apg/patterns/tabs/
 */

import { element } from "./element.js";
import { recall, remember } from "./store.js";

/** Turn every `data-tabs` group of the page into tabs; the attribute is the name of the choice. */
export function tabs() {
  for (const group of document.querySelectorAll("[data-tabs]")) build(group);
}

/** @param {HTMLElement} group */
function build(group) {
  const list = element("div", { class: "tablist", role: "tablist", ariaLabel: "Client" });
  const pairs = [...group.querySelectorAll(":scope > details")].map(({ id, children: [summary, panel] }) => {
    const tab = element("button", { type: "button", class: "tab", role: "tab", id: `${id}-tab`, "aria-controls": id }, summary.textContent);
    Object.assign(panel, { role: "tabpanel", id, tabIndex: 0 });
    panel.setAttribute("aria-labelledby", tab.id);
    list.append(tab);
    return { tab, panel };
  });
  const menu = element("select", {}, ...pairs.map(({ tab }) => new Option(tab.textContent)));
  const label = element("label", { class: "tab-menu" }, "Client ", menu);
  group.replaceChildren(list, label, ...pairs.map(({ panel }) => panel));
  group.classList.add("tabbed");
  const wide = matchMedia("(min-width: 60rem)");
  const orient = () => (list.ariaOrientation = wide.matches ? "vertical" : "horizontal");
  orient();
  wide.addEventListener("change", orient);
  listen(group.dataset.tabs, list, menu, pairs);
}

function listen(key, list, menu, pairs) {
  const select = (chosen) => {
    for (const { tab, panel } of pairs) {
      const selected = tab === chosen.tab;
      tab.ariaSelected = String(selected);
      tab.tabIndex = selected ? 0 : -1;
      panel.hidden = !selected;
    }
    menu.selectedIndex = pairs.indexOf(chosen);
  };
  const choose = (pair) => {
    select(pair);
    remember(key, pair.panel.id);
  };
  const remembered = pairs.find(({ panel }) => panel.id === recall(key));
  const asked = () => pairs.find(({ panel }) => `#${panel.id}` === location.hash);
  select(asked() ?? remembered ?? pairs[0]);
  addEventListener("hashchange", () => {
    const pair = asked();
    if (!pair) return;
    select(pair);
    pair.panel.scrollIntoView();
  });
  for (const pair of pairs) pair.tab.addEventListener("click", () => choose(pair));
  menu.addEventListener("change", () => choose(pairs[menu.selectedIndex]));
  list.addEventListener("keydown", (event) => {
    const place = pairs.findIndex(({ tab }) => tab === event.target);
    const next = step(event.key, place, pairs.length);
    if (next === null) return;
    event.preventDefault();
    pairs[next].tab.focus();
    pairs[next].tab.click();
  });
}

/**
 * @param {string} key
 * @param {number} place
 * @param {number} length
 * @returns {number | null} the place a key leads to, null if it leads nowhere
 */
export function step(key, place, length) {
  if (key === "ArrowDown" || key === "ArrowRight") return (place + 1) % length;
  if (key === "ArrowUp" || key === "ArrowLeft") return (place + length - 1) % length;
  if (key === "Home") return 0;
  if (key === "End") return length - 1;
  return null;
}
