/**
 * Which terms of an index answer a query, and how well: as builder/search/plan.py has it.
 *
 * A query reads at most so many files of terms. They are all named before the first is fetched, so
 * that they come at the same time.
 */

import { corrections, relatives } from "./likeness.js";
import { NEUTRAL, rarity } from "./numbers.js";
import { stem } from "./stem.js";
import { isSign } from "./words.js";

const MOST_FILES = 12;
const PREFIX_FILES = 2;
const JOINED = 14;
const BEGINNING = 12;
const LEAST = 3;
const INITIAL = 6;
const CORRECTED = [0, 11, 8];
/** How well a word of the same root answers one that no server has. */
const RELATED = 11;
const FEW = 2;
const COMMONER = 64;
const EQUAL = 13;
/** What stands for a word and is asked for itself is worth so much less: else it would count twice. */
const TWICE = 2;
const LAST = "\uffff";

/** A word of the query with the terms that answer it: each with its quality and postings. */
class Slot {
  constructor(word) {
    this.word = word;
    this.answers = new Map();
    this.correction = "";
    this.rarity = 0;
  }

  add(term, quality, postings) {
    if (postings && quality > (this.answers.get(term)?.[0] ?? 0)) this.answers.set(term, [quality, postings]);
  }

  /** How many servers the commonest term has that answers at least so well. */
  count(least) {
    let most = 0;
    for (const [quality, postings] of this.answers.values()) {
      if (quality >= least) most = Math.max(most, serversOf(postings));
    }
    return most;
  }
}

/** So many spaces part the postings of one server more. */
function serversOf(postings) {
  let count = 1;
  for (let at = postings.indexOf(" "); at >= 0; at = postings.indexOf(" ", at + 1)) count += 1;
  return count;
}

/** Reads postings, from no more than so many files. */
export class Reader {
  constructor(index) {
    this.index = index;
    this.wanted = new Set();
    this.shards = new Map();
  }

  /** Take note that a term will be asked for. */
  want(term) {
    this.#mayRead(this.index.shardOf(term));
    return term;
  }

  /** Fetch all files that are wanted. */
  async load() {
    const missing = [...this.wanted].filter((number) => !this.shards.has(number));
    const found = await Promise.all(missing.map((number) => this.index.shard(number)));
    missing.forEach((number, place) => this.shards.set(number, found[place]));
  }

  /** The postings of a term, "" if it has none or its file is one too many. */
  postings(term) {
    const shard = this.shards.get(this.index.shardOf(term)) ?? {};
    return Object.hasOwn(shard, term) ? shard[term] : "";
  }

  /** The files that hold terms with a beginning: the first two. */
  wantBeginning(text) {
    const first = Math.max(0, this.index.shardOf(text));
    const last = Math.min(first + PREFIX_FILES, this.index.shardOf(text + LAST) + 1);
    const numbers = Array.from({ length: Math.max(0, last - first) }, (_, place) => first + place);
    return numbers.filter((number) => this.#mayRead(number));
  }

  *beginningWith(text, numbers) {
    for (const number of numbers) {
      for (const [term, postings] of Object.entries(this.shards.get(number))) {
        if (term.startsWith(text)) yield [term, postings];
      }
    }
  }

  #mayRead(number) {
    if (!this.wanted.has(number) && this.wanted.size >= MOST_FILES) return false;
    this.wanted.add(number);
    return true;
  }
}

/**
 * Find the answers to each word; the last one may be a beginning if it is not complete.
 *
 * @param {import("./query.js").Word[]} words
 * @param {Reader} reader
 * @param {import("./searchindex.js").Index} index
 * @param {boolean} isComplete
 */
export async function slotsOf(words, reader, index, isComplete) {
  const slots = words.map((word) => new Slot(word));
  const answers = [...wanted(slots, index)];
  for (const { term } of answers) reader.want(term);
  const last = isComplete ? undefined : slots.at(-1);
  const beginning = last && beginningOf(last.word.typed);
  const files = beginning?.length > 2 ? reader.wantBeginning(beginning) : [];
  if (beginning && beginning.length < 3) reader.want(`^${beginning}`);
  await reader.load();
  await index.pause();
  for (const { slot, term, quality } of answers) slot.add(term, quality, reader.postings(term));
  if (beginning) addBeginning(last, beginning, files, reader);
  for (const slot of slots) {
    if (slot.count(LEAST) <= FEW && !(await isKnown(slot.word.term, index))) await correct(slot, reader, index);
    if (!slot.answers.size) {
      const topic = reader.want(`#${(await index.widen()).get(slot.word.term) ?? ""}`);
      await reader.load();
      slot.add(topic, LEAST, reader.postings(topic));
    }
    slot.rarity = rarity(slot.count(EQUAL) || slot.count(LEAST), index.count);
  }
  return slots;
}

/** The terms to look up, what is meant most directly first. */
function* wanted(slots, index) {
  for (const slot of slots) yield { slot, term: slot.word.term, quality: NEUTRAL };
  for (let place = 1; place < slots.length; place += 1) {
    const pair = [slots[place - 1], slots[place]];
    const typed = pair.map(({ word }) => word.typed);
    if (typed.some((text) => text.includes(" ") || isSign(text))) continue;
    for (const slot of pair) yield { slot, term: stem(typed.join("")), quality: JOINED };
  }
  const others = slots.flatMap((slot) =>
    index.meaning.also(slot.word.term).map(([term, quality]) => ({ slot, term, quality })),
  );
  others.sort((left, right) => right.quality - left.quality); // stable
  const asked = new Set(slots.map(({ word }) => word.term));
  for (const { slot, term, quality } of others) {
    yield { slot, term, quality: asked.has(term) ? Math.floor(quality / TWICE) : quality };
  }
}

/** The beginning of a word that a query may end in; "" if it does not. */
function beginningOf(typed) {
  return typed.includes(" ") || isSign(typed) ? "" : typed;
}

function addBeginning(slot, typed, files, reader) {
  if (typed.length < 3) return slot.add(`^${typed}`, INITIAL, reader.postings(`^${typed}`));
  for (const [term, postings] of reader.beginningWith(typed, files)) {
    slot.add(term, Math.max(LEAST, Math.floor((BEGINNING * typed.length) / term.length)), postings);
  }
}

/** Whether a term stands in the tables of meaning: then it is no typing mistake. */
async function isKnown(term, index) {
  return index.meaning.knows(term) || (await index.widen()).has(term);
}

async function correct(slot, reader, index) {
  if (!slot.answers.size) {
    const terms = relatives(slot.word.typed, await index.vocabulary());
    for (const term of terms) reader.want(term);
    await reader.load();
    for (const term of terms) slot.add(term, RELATED, reader.postings(term));
    if (slot.answers.size) return;
  }
  const least = COMMONER * slot.count(LEAST);
  const words = (await index.vocabulary()).filter(([, count]) => count > least);
  for (const [word, term, far] of corrections(slot.word.typed, slot.word.term, words)) {
    reader.want(term);
    await reader.load();
    slot.add(term, CORRECTED[far], reader.postings(term));
    slot.correction ||= word;
  }
}
