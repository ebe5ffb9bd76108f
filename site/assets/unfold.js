/**
 * Parts of the page that came compressed (builder/pages/html/fold.py): put in their places.
 * Without this script the first client's panel is there, and the page as Markdown has all; a lean
 * page (lean.py) has the command in its `<noscript>`.
 */

/** Unfold every part of a page; where the browser cannot, they stay out. */
export async function unfold(page = document) {
  const parts = [...page.querySelectorAll("script[data-fold]")];
  if (!parts.length) return;
  // A page's parts all begin with the same text: a server's, or a version's.
  const words = await wordsOf(parts[0].dataset.fold);
  for (const part of parts) part.replaceWith(fragment(await inflated(words, part.textContent)));
  if (page !== document) return;
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  target?.closest("details:not([open])")?.setAttribute("open", "");
  target?.scrollIntoView();
}

/** Show what a lean page has for readers without scripts. */
export function plain() {
  for (const part of document.querySelectorAll("noscript")) part.replaceWith(fragment(part.textContent));
}

/**
 * Return the text that compressed parts refer back to.
 * @param {string} name
 */
async function wordsOf(name) {
  const response = await fetch(new URL(`fold-${name}.txt`, import.meta.url));
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * @param {Uint8Array} words  What the compressed text refers back to.
 * @param {string} data  Raw deflate as base64.
 * @returns {Promise<string>}
 */
export async function inflated(words, data) {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const size = words.length;
  // The words as a block that is stored as it is (RFC 1951, 3.2.4): then there is something to refer to.
  const head = Uint8Array.of(0, size & 255, size >> 8, ~size & 255, (~size >> 8) & 255);
  const stream = new Blob([head, words, bytes]).stream();
  const all = await new Response(stream.pipeThrough(new DecompressionStream("deflate-raw"))).arrayBuffer();
  return new TextDecoder().decode(new Uint8Array(all).subarray(size));
}

/**
 * Parse what this page itself brought: the builder escaped it as the rest of the page.
 * @param {string} html
 */
function fragment(html) {
  const made = document.createElement("template");
  made.innerHTML = htmlPolicy().createHTML(html);
  return made.content;
}

/** Lets through what the builder of this site escaped: its own pages and parts of them. */
export function htmlPolicy() {
  const same = { createHTML: (/** @type {string} */ html) => html };
  return window.trustedTypes?.createPolicy("unfold", same) ?? same;
}
