/** Command lines for PowerShell, as builder/install/powershell.py and by_cmd.py write them. */

import { SCRIPTS, TEXTS } from "./clients.js";
import { said } from "./text.js";

/** What PowerShell takes for its own. */
const OWN = /^(-[A-Za-z_][^.:]*[.:].*|--|@.*)$/;

/** A word of JSON, in which every character inside a text may be written as its number. */
export class JsonWord extends String {}

/** @param {(string | JsonWord)[]} words */
export function joined(words) {
  return words.map((word) => quoted(word instanceof JsonWord ? inert(String(word)) : word)).join(" ");
}

const number = (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** JSON so that cmd finds nothing to read in it. */
function inert(json) {
  return json.replace(/\\(["\\])/g, (_, sign) => number(sign)).replace(/[&|<>^%!()' ]/g, number);
}

function quoted(word) {
  if (/^[A-Za-z0-9_./:@=+-]+$/.test(word) && !OWN.test(word)) return word;
  let escaped = word.replace(/(\\*)"/g, '$1$1\\"');
  if (/\s/.test(word)) escaped = escaped.replace(/(\\+)$/, "$1$1");
  return `'${escaped.replace(/['\u2018-\u201b]/g, "$&$&")}'`;
}

/** The launch with cmd before it, or null where that is not needed or not safe. */
export function wrapped(client, entry) {
  const { plan, shown } = entry;
  if (!needsCmd(client, plan) || !isSafe(plan)) return null;
  const words = ["/c", plan.command, ...shown.words];
  return { ...entry, plan: { ...plan, command: "cmd" }, shown: { ...shown, words } };
}

/** What a user of Windows must know of a launch, "" if nothing. */
export function note(client, { plan }) {
  if (!needsCmd(client, plan)) return "";
  return said(isSafe(plan) ? TEXTS.wrapped : TEXTS.unsafe, client.title, plan.command);
}

function needsCmd(client, plan) {
  return client.wraps && SCRIPTS.includes(plan.command);
}

function isSafe(plan) {
  const parts = plan.args.flatMap(({ value }) => value);
  return !parts.some((part) => /[&|<>^%]/.test(typeof part === "string" ? part : (part.default ?? "")));
}
