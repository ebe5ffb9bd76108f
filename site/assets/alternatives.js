/** Servers like the one of this page, ranked by search; asked for only when their place comes into view. */

import { card } from "./card.js";
import { MOST, comparison } from "./comparison.js";
import { finder } from "./site.js";

const SHOWN = 4;

/** Fill the page's list of alternatives; nothing on other pages. */
export function alternatives() {
  const place = document.querySelector("[data-alternatives]");
  if (!place || navigator.connection?.saveData) return;
  const watch = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting) return;
    watch.disconnect();
    fill(place).catch(() => {}); // the links to topics stay
  });
  watch.observe(place.parentElement);
}

async function fill(place) {
  const { alternatives: text, name } = place.dataset;
  const found = await finder.find({ text, filters: [], sort: "relevance" });
  const servers = await finder.show(found.servers.slice(0, SHOWN + 1));
  const others = servers.filter((server) => server.name !== name && !server.also.includes(name) && !server.deprecated);
  const link = document.querySelector("[data-compare-link]");
  link.href = comparison([name, ...others.map((other) => other.name)].slice(0, MOST));
  place.replaceChildren(...others.slice(0, SHOWN).map((server) => card(server, "h3")));
}
