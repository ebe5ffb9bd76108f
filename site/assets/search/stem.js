/**
 * Words -> stems: the English stemmer of the Snowball project ("Porter2", version 3), for words of a
 * to z. The index is made with its Python library, to which the tests hold this.
 * https://snowballstem.org/algorithms/english/stemmer.html
 */

const WHOLE = new Map(
  "andes atlas bias cosmos howe news sky".split(" ").map((word) => [word, word]),
);
for (const [word, stem] of Object.entries({ early: "earli", gently: "gentl", idly: "idl", only: "onli", singly: "singl", skies: "sky", skis: "ski", ugly: "ugli" })) {
  WHOLE.set(word, stem);
}
// Beyond that algorithm: words that by their stems would be another, as builder/words/stem.py has them.
const OWN =
  "accounting animal anime authorization availability booking boxing business calculator computer " +
  "conversation customer direction documentation docs driving emergency engineer engineering executive " +
  "filing government hospitality important insider interactive international listing locale localization " +
  "marketing objective organization parking performance powerful presentation production productivity " +
  "publication rating running shipping statement terminal training university";
for (const word of OWN.split(" ")) {
  WHOLE.set(word, word);
  if (!/[sy]$/.test(word)) WHOLE.set(`${word}s`, word);
}
for (const [word, stem] of Object.entries({ accessible: "accessib", accessibility: "accessib", localize: "localization", businesses: "business", universities: "university" })) {
  WHOLE.set(word, stem);
}
/** Beginnings after which the first region starts. */
const HEADS = /^(?:arsen|commun|emerg|gener|inter|later|organ|past|univers)/;
const KEEP_ING = new Set(["even", "cann", "inn", "earr", "herr", "out"]);
const KEEP_EED = new Set(["succ", "proc", "exc"]);
/** Endings, the longest first; "" takes one away. A pattern says what must stand before it. */
const STEP_2 = rules(
  "ization:ize ational:ate fulness:ful ousness:ous iveness:ive tional:tion biliti:ble lessli:less entli:ent ation:ate alism:al " +
    "aliti:al ousli:ous iviti:ive fulli:ful enci:ence anci:ance abli:able izer:ize ator:ate alli:al ogist:og bli:ble ogi:og<l li:<[cdeghkmnrt]",
);
const STEP_3 = rules("ational:ate tional:tion alize:al icate:ic iciti:ic ative:<2 ical:ic ness: ful:");
const STEP_4 = rules("ement: ance: ence: able: ible: ment: ant: ent: ism: ate: iti: ous: ive: ize: ion:<[st] al: er: ic:");

function rules(text) {
  return text
    .split(" ")
    .map((rule) => {
      const [ending, rest] = rule.split(":");
      const [instead, before = ""] = rest.split("<");
      return { ending, instead, before: before === "2" || !before ? null : new RegExp(`${before}$`), inSecond: before === "2" };
    })
    .sort((left, right) => right.ending.length - left.ending.length);
}

/**
 * @param {string} word  In lower case.
 * @returns {string} its stem; the word itself if it has other letters than a to z
 */
export function stem(word) {
  if (word.length < 3 || !/^[a-z]+$/.test(word)) return word;
  const whole = WHOLE.get(word);
  if (whole) return whole;
  // The algorithm has notifi for notify, and notif for notification.
  const verb = word.replace(/ifications?$/, "ify");
  // "y" at the beginning or after a vowel is a consonant, written "Y".
  let text = verb.replace(/^y/, "Y");
  for (let at = 1; at < text.length; at += 1) {
    if (text[at] === "y" && /[aeiouy]/.test(text[at - 1])) text = `${text.slice(0, at)}Y${text.slice(at + 1)}`;
  }
  const first = text.match(HEADS)?.[0].length ?? region(text, 0);
  const second = region(text, first);
  text = step1b(step1a(text), first);
  text = text.replace(/(.[^aeiouy])[yY]$/, "$1i");
  text = replaced(text, STEP_2, first, second);
  text = replaced(text, STEP_3, first, second);
  text = replaced(text, STEP_4, second, second);
  return step5(text, first, second).toLowerCase();
}

/** Where the part after the first consonant that follows a vowel begins. */
function region(text, from) {
  const found = /[aeiouy][^aeiouy]/.exec(text.slice(from));
  return found ? from + found.index + 2 : text.length;
}

function step1a(text) {
  if (text.endsWith("sses")) return text.slice(0, -2);
  if (/(?:ied|ies)$/.test(text)) return text.slice(0, text.length > 4 ? -2 : -1);
  if (/(?:us|ss)$/.test(text)) return text;
  return /[aeiouy].+s$/.test(text) ? text.slice(0, -1) : text;
}

function step1b(text, first) {
  const ending = /(?:eedly|ingly|edly|eed|ing|ed)$/.exec(text)?.[0];
  if (!ending) return text;
  const base = text.slice(0, -ending.length);
  if (ending.startsWith("eed")) {
    return base.length >= first && !KEEP_EED.has(base) ? `${base}ee` : text;
  }
  if (ending === "ing" && /^[^aeiouy]y$/.test(base)) return `${base[0]}ie`;
  if (ending === "ing" && KEEP_ING.has(base)) return text;
  if (!/[aeiouy]/.test(base)) return text;
  if (/(?:at|bl|iz)$/.test(base)) return `${base}e`;
  if (/(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(base)) return /^[aeo]..$/.test(base) ? base : base.slice(0, -1);
  return base.length === first && isShort(base) ? `${base}e` : base;
}

/** Does it end in a short syllable? */
function isShort(text) {
  return /[^aeiouy][aeiouy][^aeiouywxY]$/.test(text) || /^[aeiouy][^aeiouy]$/.test(text) || text.endsWith("past");
}

function replaced(text, table, from, second) {
  const rule = table.find(({ ending }) => text.endsWith(ending));
  if (!rule) return text;
  const base = text.slice(0, -rule.ending.length);
  if (base.length < from || (rule.inSecond && base.length < second)) return text;
  return rule.before && !rule.before.test(base) ? text : base + rule.instead;
}

function step5(text, first, second) {
  const base = text.slice(0, -1);
  if (text.endsWith("e")) {
    return base.length >= second || (base.length >= first && !isShort(base)) ? base : text;
  }
  return text.endsWith("ll") && base.length >= second ? base : text;
}
