/** Shell commands, as builder/install/command.py makes them. */

import { inputsOf, namedJson, variableName } from "./entry.js";
import { cut } from "./pieces.js";
import { JsonWord, joined } from "./powershell.js";
import { mark, quoted } from "./text.js";

const TYPES = { "streamable-http": "http", sse: "sse" };

/** By the names that forms have in clients.js; null where there is no command. */
const MAKERS = {
  codex(entry) {
    const { plan, server } = entry;
    if (entry.isLocal) return filled("codex mcp add {name} {--env} -- {command} {args}", entry);
    const { header, token } = bearer(plan);
    if (plan.settings.length > (token ? 1 : 0)) return null;
    const words = token ? ["--bearer-token-env-var", variableName(token, server)] : [];
    const on = header && entry.marked ? header.on : "";
    return ["codex", "mcp", "add", entry.key, "--url", entry.shown.words[0], ...words.map((word) => mark(word, on))];
  },
  goose(entry) {
    const { plan, shown } = entry;
    if (!entry.isLocal) {
      if (plan.settings.length || plan.transport !== "streamable-http") return null;
      return ["goose", "session", "--with-streamable-http-extension", shown.words[0]];
    }
    const words = [...[...shown.settings].map(([name, value]) => `${name}=${value}`), plan.command, ...shown.words];
    return /[\s"'\\]/.test(words.join("")) ? null : ["goose", "session", "--with-extension", words.join(" ")];
  },
};

/** @returns {(string | JsonWord)[] | null} the words of a client's command */
export function wordsOf(form, entry) {
  if (form.by) return MAKERS[form.by](entry);
  const line = entry.isLocal ? form.local : form.remote;
  return line ? filled(line, entry) : null;
}

/**
 * @param {(string | JsonWord)[]} words
 * @param {(string | JsonWord)[]} full the same with everything optional, marked
 */
export function line(words, full) {
  const text = words.map(String).map(quoted).join(" ");
  const windows = joined(words);
  return { text, windows: windows === text ? "" : windows, pieces: cut(words.map(String), full.map(String)) };
}

/** A header `Authorization: Bearer {input}` and its input, if there is one. */
export function bearer(plan) {
  for (const header of plan.settings) {
    const [start, token] = header.value;
    const isToken = header.value.length === 2 && start === "Bearer " && inputsOf([token])[0]?.secret;
    if (header.name.toLowerCase() === "authorization" && isToken) return { header, token };
  }
  return { header: null, token: null };
}

function filled(form, entry) {
  return form.split(" ").flatMap((part) => (part.startsWith("{") ? wordsFor(part.slice(1, -1), entry) : [part]));
}

function wordsFor(field, entry) {
  if (field === "name") return [entry.key];
  if (field === "type") return [TYPES[entry.transport]];
  if (field === "named") return [new JsonWord(namedJson(entry))];
  if (field === "command") return [entry.plan.command];
  if (field === "url" || field === "args") return entry.shown.words;
  const sign = entry.isLocal ? "=" : ": ";
  return entry.plan.settings.flatMap(({ name, on }) => [
    mark(field, entry.marked ? on : ""),
    `${name}${sign}${entry.shown.settings.get(name)}`,
  ]);
}
