/** The tables of meaning, as builder/search/meaning_file.py writes them: lines, each read when it is asked for. */

const SAME = 15;

export class Meaning {
  /** @param {{phrases: string, also: string, light: string}} tables */
  constructor(tables) {
    /** The term that a phrase or a word of another language stands for. */
    this.phrases = new Map();
    /** Words that say little. */
    this.light = new Set(tables.light.split(" "));
    this.lines = new Map();
    this.add(tables);
  }

  /** Add what only some queries need; a second time it changes nothing. */
  add({ phrases, also }) {
    for (const line of lines(phrases)) {
      const [term, ...texts] = line.split("=");
      for (const text of texts) this.phrases.set(text, term);
    }
    for (const line of lines(also)) {
      const end = line.indexOf("|");
      for (const word of (end < 0 ? line : line.slice(0, end)).split(" ")) this.lines.set(word, line);
    }
  }

  /** Whether a term stands for anything but itself. */
  knows(term) {
    return this.lines.has(term);
  }

  /**
   * @param {string} term
   * @returns {[string, number][]} what else finds what is meant by it, each with its quality, best first
   */
  also(term) {
    if (!this.lines.has(term)) return [];
    const [words, ...answers] = this.lines.get(term).split("|");
    const found = words.split(" ").map((word) => [word, SAME]);
    for (const run of answers) {
      for (const word of run.slice(1).split(" ")) found.push([word, parseInt(run[0], 16)]);
    }
    found.sort((left, right) => right[1] - left[1] || (left[0] < right[0] ? -1 : 1));
    return found.filter(([word]) => word !== term);
  }
}

/**
 * @param {string} text  Lines of a topic and its words.
 * @returns {Map<string, string>} the topic of each word
 */
export function topicsByWord(text) {
  const found = new Map();
  for (const line of lines(text)) {
    const [topic, ...words] = line.split(" ");
    for (const word of words) found.set(word, topic);
  }
  return found;
}

const lines = (text) => (text ? text.split("\n") : []);
