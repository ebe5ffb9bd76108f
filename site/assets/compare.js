/**
 * Servers side by side. Their own pages are the source: what is marked `data-compare` there is a
 * cell here, so both say the same in the same words. Which servers stands in the address.
 */

import { MOST, chosen, comparison } from "./comparison.js";
import { breakable, element } from "./element.js";
import { serverPage } from "./site.js";
import { htmlPolicy, unfold } from "./unfold.js";

const ROWS = [
  ["about", "What it does"],
  ["topics", "Topics"],
  ["publisher", "Who stands behind it"],
  ["status", "Status"],
  ["version", "Version"],
  ["life", "How alive it is"],
  ["machine", "On your machine"],
  ["network", "Over the network"],
  ["transports", "Transports"],
  ["secrets", "Secrets"],
  ["required", "Required settings"],
  ["optional", "Optional settings"],
  ["tools", "Tools"],
  ["answers", "Answered"],
  ["repository", "Repository"],
];

/** @param {HTMLElement} view */
export async function comparePage(view) {
  const part = (name) => view.querySelector(`[data-compare-${name}]`);
  const names = chosen(location.search);
  part("add").hidden = names.length >= MOST;
  part("say").textContent = names.length ? "" : "Search for a server to begin with.";
  if (!names.length) return;
  const servers = await Promise.all(names.map(read));
  if (names.length === 1) part("say").textContent = "Add one or two more to set beside it.";
  part("table").replaceChildren(table(servers, names));
  part("table").hidden = false;
}

/** What a server's page says, by row; `cells` is empty if there is no such page. */
async function read(name) {
  const cells = new Map();
  const answer = await fetch(serverPage(name)).catch(() => null);
  if (!answer?.ok) return { name, title: name, cells };
  const page = new DOMParser().parseFromString(htmlPolicy().createHTML(await answer.text()), "text/html");
  await unfold(page).catch(() => {});
  for (const marked of page.querySelectorAll("[data-compare]")) {
    const { compare } = marked.dataset;
    cells.set(compare, (cells.get(compare) ?? new Set()).add(marked.textContent.trim()));
  }
  return { name, title: page.querySelector("h1")?.textContent ?? name, cells };
}

function table(servers, names) {
  const rows = ROWS.filter(([key]) => servers.some(({ cells }) => cells.has(key)));
  return element(
    "table",
    { class: "compared" },
    element("thead", {}, element("tr", {}, element("td"), ...servers.map((server) => head(server, names)))),
    element("tbody", {}, ...rows.map(([key, title]) => row(title, servers.map(({ cells }) => cells.get(key))))),
  );
}

function head({ name, title, cells }, names) {
  const others = names.filter((other) => other !== name);
  const missing = cells.size ? [] : [element("small", {}, "No such server here")];
  return element(
    "th",
    { scope: "col" },
    element("a", { href: serverPage(name) }, title),
    element("small", {}, ...breakable(name)),
    ...missing,
    element("a", { href: comparison(others), "aria-label": `Remove ${title}` }, "Remove"),
  );
}

function row(title, cells) {
  return element("tr", {}, element("th", { scope: "row" }, title), ...cells.map(cell));
}

function cell(texts) {
  if (!texts) return element("td", {}, "—");
  const [first, ...more] = texts;
  const lines = (text) => element("li", {}, ...shown(text));
  return element("td", {}, ...(more.length ? [element("ul", {}, ...[first, ...more].map(lines))] : shown(first)));
}

/** A text of which a day stays on one line; a host may end a line after a dot, and a variable after an underscore. */
function shown(text) {
  return text
    .split(/(\d{4}-\d\d-\d\d)/)
    .flatMap((part, place) => (place % 2 ? [element("time", {}, part)] : hosts(part)));
}

function hosts(text) {
  const pieces = text.split(/(?<=[a-z]\.)(?=[a-z])|(?<=_)(?=\w)/);
  return pieces.flatMap((piece, place) => (place ? [element("wbr"), piece] : [piece]));
}
