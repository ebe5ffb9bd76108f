/** Paths of requests: prefixes, slashes and percent-encoding. */

import { Problem } from "./problem.js";

/**
 * Undo one level of percent-encoding.
 * @param {string} path
 */
export function decode(path) {
  const name = path.split("/versions/", 1)[0];
  return unescaped(name, "badNameEncoding") + unescaped(path.slice(name.length), "badVersionEncoding");
}

/**
 * @param {string} text
 * @param {string} problem
 */
function unescaped(text, problem) {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Problem(problem);
  }
}

/**
 * Return a path below the registry's prefix, with single slashes; null if it is not below it. A base
 * URL that ends in a slash makes two of them.
 * @param {string} path
 * @param {string} prefix
 */
export function local(path, prefix) {
  const single = path.replace(/\/{2,}/g, "/");
  const isBelow = single.startsWith(`${prefix}/`);
  return isBelow ? single.slice(prefix.length) : null;
}
