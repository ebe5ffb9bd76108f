/**
 * The search box of every page: `/` goes to it, and it suggests servers while one types.
 * A combobox with a list: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
 */

import { announce } from "./announce.js";
import { deprecation } from "./card.js";
import { chosen, comparison } from "./comparison.js";
import { element, grouped } from "./element.js";
import { at, finder, serverPage } from "./site.js";

const SUGGESTIONS = 8;
const EDITABLE = "input, textarea, select, [contenteditable]";

/** Let `/` focus the first search box, and every box that asks for it suggest. */
export function searchBoxes() {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.(EDITABLE)) return;
    const input = document.querySelector("form[data-search] input");
    if (!input) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
  for (const form of document.querySelectorAll("form[data-search=suggest]")) suggest(form, serverPage);
  for (const form of document.querySelectorAll("form[data-search=compare]")) {
    suggest(form, (name) => comparison([...chosen(location.search), name]));
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {(name: string) => string} leads  Where a suggested server leads.
 */
function suggest(form, leads) {
  const input = form.elements.q;
  const list = element("ul", { class: "suggest", id: "suggest", role: "listbox", hidden: true });
  list.ariaLabel = "Servers";
  form.append(list);
  Object.assign(input, { role: "combobox", ariaExpanded: "false", ariaAutoComplete: "list" });
  input.setAttribute("aria-controls", list.id);
  let active = -1;
  let latest = 0;

  const close = () => {
    list.hidden = true;
    input.ariaExpanded = "false";
    mark(-1);
  };
  const mark = (place) => {
    active = place;
    [...list.children].forEach((option, number) => {
      option.ariaSelected = String(number === place);
      if (number === place) option.scrollIntoView({ block: "nearest" });
    });
    if (place < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[place].id);
  };
  const fill = async () => {
    const turn = (latest += 1);
    const text = input.value.trim();
    if (!text) return close();
    // A space at the end says that the last word is whole.
    const found = await finder.find({ text: input.value.trimStart(), filters: [], sort: "relevance" });
    const servers = await finder.show(found.servers.slice(0, SUGGESTIONS));
    if (turn !== latest || document.activeElement !== input) return;
    list.replaceChildren(...servers.map((server, place) => option(server, place, leads)), all(text, found.servers.length, servers.length));
    list.hidden = false;
    input.ariaExpanded = "true";
    mark(-1);
    announce(`${found.servers.length} ${found.complete ? "servers found" : "servers come close"}`);
  };

  input.addEventListener("focus", () => finder.open().catch(() => {}));
  input.addEventListener("input", () => fill().catch(close));
  input.addEventListener("blur", () => setTimeout(close, 150));
  input.addEventListener("keydown", (event) => {
    const { length } = list.children;
    if (event.key === "Escape") {
      latest += 1;
      input.value = "";
      close();
    } else if (event.key === "ArrowDown" && !list.hidden) mark((active + 1) % length);
    else if (event.key === "ArrowUp" && !list.hidden) mark(active > 0 ? active - 1 : length - 1);
    else if (event.key === "Enter" && active >= 0) location.assign(list.children[active].dataset.href);
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=option]");
    if (chosen) location.assign(chosen.dataset.href);
  });
}

function option({ name, title, description, deprecated }, place, leads) {
  const made = element(
    "li",
    { role: "option", id: `suggest-${place}` },
    element("b", {}, title || name.slice(name.indexOf("/") + 1)),
    ...deprecation(deprecated),
    element("small", {}, name),
    element("span", {}, description),
  );
  made.dataset.href = leads(name);
  return made;
}

function all(text, count, place) {
  const made = element("li", { role: "option", id: `suggest-${place}` });
  made.textContent = count ? `All ${grouped(count)} results` : "Nothing found; open search";
  made.dataset.href = `${at("search/")}?${new URLSearchParams({ q: text })}`;
  return made;
}
