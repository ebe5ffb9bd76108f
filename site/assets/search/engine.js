/**
 * The ranking of servers for a query: the same as builder/search/engine.py, in the same whole numbers.
 * It runs in the browser and in the edge worker, and knows of neither.
 *
 * First every server gets a score: the sum over the words of impact, quality and rarity, times its
 * prior. Servers that lack a word stand below those that have all. Then the first ones are looked at
 * as they are shown: whose name it is, whose brand, and whether words stand together.
 */

import { IMPACTS, marks, NEUTRAL, postings } from "./numbers.js";
import { Reader, slotsOf } from "./plan.js";
import { HEAVY, keysOf, wordsOf } from "./query.js";
import { factor, LOOKED_AT } from "./secondlook.js";

const ENOUGH = 180;
/** A word is worth its best answer, and this part of the others. */
const OTHERS = 8;
/** Among several words a topic counts so often. */
const CONFIRMS = 4;
/** Scores and numbers of servers are below these: together with a bit they are one exact number. */
const [SCORES, SERVERS] = [2 ** 31, 2 ** 21];

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
  await index.openFor(text);
  const words = wordsOf(text, index.meaning);
  const reader = new Reader(index);
  const keys = keysOf(text).map((key) => reader.want(key));
  await (words.length ? undefined : reader.load());
  const slots = await slotsOf(words, reader, index, text.endsWith(" "));
  const exact = exactly(keys, reader, index, accepts);
  if (!words.length && !exact.size) return everything(index, text, accepts);
  const found = await score(slots, index, accepts);
  const order = (left, right) =>
    (exact.get(right) ?? 0) - (exact.get(left) ?? 0) ||
    found.lacking[left] - found.lacking[right] ||
    found.scores[right] - found.scores[left] ||
    right - left;
  await index.pause();
  const named = [...exact.keys()].sort(order);
  const servers = [...named, ...ranked(found).filter((server) => !exact.has(server))];
  const first = servers.slice(0, LOOKED_AT);
  const rows = await index.rows(first);
  await index.pause();
  first.forEach((server, place) => {
    found.scores[server] = Math.floor((found.scores[server] * factor(rows[place], words)) / NEUTRAL);
  });
  await index.pause();
  const shown = folded([...first.sort(order), ...servers.slice(LOOKED_AT)], index, accepts);
  let complete = 0;
  for (const server of shown) if (exact.has(server) || !found.lacking[server]) complete += 1;
  return { servers: shown, complete, suggestion: suggestion(slots), saysNothing: false };
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
  if (asked && !/[a-z0-9]/i.test(asked) && !/[\p{L}\p{N}]/u.test(asked)) return nothing;
  const keys = new Float64Array(index.count);
  let count = 0;
  for (let server = 0; server < index.count; server += 1) {
    if (index.priors[server] && accepts(server)) keys[count++] = index.priors[server] * SERVERS + server;
  }
  const servers = folded(bestFirst(keys.subarray(0, count)), index, accepts);
  return { ...nothing, servers, complete: servers.length, saysNothing: asked !== "" };
}

/**
 * Every server's score, those that have one, and which of them lack a word that is not light. Numbers of
 * servers are places in arrays: a query may meet a third of all.
 */
async function score(slots, index, accepts) {
  const { count, priors } = index;
  const sums = new Float64Array(count);
  const matched = new Float64Array(count);
  const scores = new Float64Array(count);
  const lacking = new Uint8Array(count);
  const worths = new Worths(count);
  const whole = slots.reduce((sum, { word, rarity }) => sum + (word.weight === HEAVY ? rarity : 0), 0);
  const topicShare = slots.length > 1 ? CONFIRMS : 1;
  for (const slot of slots) {
    await index.pause(); // each word is a task of its own: keys and clicks come between
    const { weight } = slot.word;
    worths.of(slot, topicShare, (server, worth) => {
      sums[server] += worth * slot.rarity * weight;
      if (weight === HEAVY && worth >= ENOUGH) matched[server] += slot.rarity;
    });
  }
  await index.pause();
  const servers = [];
  for (let server = 0; server < count; server += 1) {
    if (!sums[server] || !priors[server] || !accepts(server)) continue;
    scores[server] = Math.floor((Math.floor(sums[server] / 64) * priors[server]) / NEUTRAL);
    lacking[server] = Number(matched[server] < whole);
    servers.push(server);
  }
  return { servers, scores, lacking };
}

/** What a word is worth for each server: its best answer, and a bit of the others. */
class Worths {
  constructor(count) {
    this.best = new Uint32Array(count);
    this.sums = new Uint32Array(count);
    this.met = new Uint32Array(count);
  }

  /** Call a function with each server that a word is worth anything for. */
  of(slot, topicShare, visit) {
    const { best, sums, met } = this;
    let count = 0;
    for (const [term, [quality, text]] of slot.answers) {
      const share = term.startsWith("#") ? topicShare : 1;
      for (const mark of marks(text)) {
        const server = Math.floor(mark / IMPACTS);
        const worth = quality * (mark % IMPACTS);
        if (!best[server]) met[count++] = server;
        sums[server] += worth * share;
        if (worth > best[server]) best[server] = worth;
      }
    }
    for (const server of met.subarray(0, count)) {
      visit(server, best[server] + Math.floor((sums[server] - best[server]) / OTHERS));
      best[server] = 0;
      sums[server] = 0;
    }
  }
}

/** Servers by what they lack, by score, the newer one first: one number each, sorted as numbers. */
function ranked({ servers, scores, lacking }) {
  const keys = new Float64Array(servers.length);
  servers.forEach((server, place) => {
    keys[place] = ((lacking[server] ? 0 : SCORES) + scores[server]) * SERVERS + server;
  });
  return bestFirst(keys);
}

/** The servers of keys that end in their numbers, the greatest key first. */
function bestFirst(keys) {
  return Array.from(keys.sort().reverse(), (key) => key % SERVERS);
}

/** Leave one of servers that are the same: the one to show, where the first of them stood. */
function folded(ranked, index, accepts) {
  const known = new Set();
  const shown = [];
  for (const server of ranked) {
    const group = index.groups.get(server);
    if (!group) shown.push(server);
    else if (!known.has(group[0])) shown.push(group.find((same) => index.priors[same] && accepts(same)));
    if (group) known.add(group[0]);
  }
  return shown;
}

function suggestion(slots) {
  if (!slots.some(({ correction }) => correction)) return "";
  return slots.map(({ correction, word }) => correction || word.typed).join(" ");
}
