/**
 * The ranking of servers for a query: the same as builder/search/engine.py, in the same whole numbers.
 * It runs in the browser and in the edge worker, and knows of neither.
 *
 * First every server gets a score: the sum over the words of impact, quality and rarity, times its
 * prior. Servers that lack a word stand below those that have all. Then the first ones are looked at
 * as they are shown: whose name it is, whose brand, and whether words stand together.
 */

import { NEUTRAL, postings } from "./numbers.js";
import { Reader, slotsOf } from "./plan.js";
import { HEAVY, keysOf, wordsOf } from "./query.js";
import { factor, LOOKED_AT } from "./secondlook.js";

const ENOUGH = 180;
/** A word is worth its best answer, and this part of the others. */
const OTHERS = 8;
/** Among several words a topic counts so often. */
const CONFIRMS = 4;

/**
 * @typedef {object} Answer
 * @property {number[]} servers  Their numbers, best first.
 * @property {number} complete  So many of them have every word.
 * @property {string} suggestion  The query as it was probably meant, "" if it is fine.
 * @property {boolean} saysNothing  No word tells one server from another: all are listed.
 */

/**
 * @param {import("./searchindex.js").Index} index
 * @param {string} text
 * @param {(server: number) => boolean} [accepts]  Which servers may be shown; all by default.
 * @returns {Promise<Answer>}
 */
export async function search(index, text, accepts = () => true) {
  await index.open();
  const words = wordsOf(text, index.meaning);
  const reader = new Reader(index);
  const keys = keysOf(text).map((key) => reader.want(key));
  await (words.length ? undefined : reader.load());
  const slots = await slotsOf(words, reader, index, text.endsWith(" "));
  const exact = exactly(keys, reader, index, accepts);
  if (!words.length && !exact.size) return everything(index, text, accepts);
  const { scores, lacking } = score(slots, index, accepts);
  const order = (left, right) =>
    (exact.get(right) ?? 0) - (exact.get(left) ?? 0) ||
    Number(lacking.has(left)) - Number(lacking.has(right)) ||
    (scores.get(right) ?? 0) - (scores.get(left) ?? 0) ||
    right - left;
  const servers = [...new Set([...scores.keys(), ...exact.keys()])].sort(order);
  const first = servers.slice(0, LOOKED_AT);
  const rows = await index.rows(first);
  first.forEach((server, place) => {
    if (!scores.has(server)) return;
    scores.set(server, Math.floor((scores.get(server) * factor(rows[place], words)) / NEUTRAL));
  });
  const ranked = folded([...first.sort(order), ...servers.slice(LOOKED_AT)], index, accepts);
  const complete = ranked.filter((server) => exact.has(server) || !lacking.has(server)).length;
  return { servers: ranked, complete, suggestion: suggestion(slots), saysNothing: false };
}

/** The servers that a whole query names, with the impact of the way in which it does. */
function exactly(keys, reader, index, accepts) {
  const found = new Map();
  for (const key of keys) {
    for (const [server, impact] of postings(reader.postings(key))) {
      if (index.priors[server] && accepts(server)) found.set(server, Math.max(impact, found.get(server) ?? 0));
    }
  }
  return found;
}

function everything(index, text, accepts) {
  const asked = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  const nothing = { servers: [], complete: 0, suggestion: "", saysNothing: false };
  if (asked && !/[\p{L}\p{N}]/u.test(asked)) return nothing;
  const shown = index.priors.flatMap((prior, server) => (prior && accepts(server) ? [server] : []));
  shown.sort((left, right) => index.priors[right] - index.priors[left] || right - left);
  const servers = folded(shown, index, accepts);
  return { ...nothing, servers, complete: servers.length, saysNothing: asked !== "" };
}

/** Every server's score, and those that lack a word which is not light. */
function score(slots, index, accepts) {
  const sums = new Float64Array(index.count);
  const matched = new Float64Array(index.count);
  const whole = slots.reduce((sum, { word, rarity }) => sum + (word.weight === HEAVY ? rarity : 0), 0);
  const topicShare = slots.length > 1 ? CONFIRMS : 1;
  for (const slot of slots) {
    const { weight } = slot.word;
    for (const [server, worth] of worths(slot, topicShare, index.count)) {
      sums[server] += worth * slot.rarity * weight;
      if (weight === HEAVY && worth >= ENOUGH) matched[server] += slot.rarity;
    }
  }
  const scores = new Map();
  const lacking = new Set();
  for (let server = 0; server < index.count; server += 1) {
    const prior = index.priors[server];
    if (!sums[server] || !prior || !accepts(server)) continue;
    scores.set(server, Math.floor((Math.floor(sums[server] / 64) * prior) / NEUTRAL));
    if (matched[server] < whole) lacking.add(server);
  }
  return { scores, lacking };
}

/** What a word is worth for each server: its best answer, and a bit of the others. */
function* worths(slot, topicShare, count) {
  const best = new Uint32Array(count);
  const sums = new Uint32Array(count);
  const met = [];
  for (const [term, [quality, text]] of slot.answers) {
    const share = term.startsWith("#") ? topicShare : 1;
    for (const [server, impact] of postings(text)) {
      const worth = quality * impact;
      if (!sums[server]) met.push(server);
      sums[server] += worth * share;
      if (worth > best[server]) best[server] = worth;
    }
  }
  for (const server of met) yield [server, best[server] + Math.floor((sums[server] - best[server]) / OTHERS)];
}

/** Leave one of servers that are the same: the one to show, where the first of them stood. */
function folded(ranked, index, accepts) {
  const known = new Set();
  return ranked.flatMap((server) => {
    const group = index.groups.get(server) ?? [server];
    if (known.has(group[0])) return [];
    known.add(group[0]);
    return [group.find((same) => index.priors[same] && accepts(same))];
  });
}

function suggestion(slots) {
  if (!slots.some(({ correction }) => correction)) return "";
  return slots.map(({ correction, word }) => correction || word.typed).join(" ");
}
