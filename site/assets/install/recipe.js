/** One launch -> what a client is to click, run or copy, as builder/install/recipe.py makes it. */

import { LONGEST_LINK, TEXTS } from "./clients.js";
import { line, wordsOf } from "./commands.js";
import { entryOf, valuesOf } from "./entry.js";
import { file, language, variables } from "./files.js";
import { link } from "./links.js";
import { lines, without } from "./pieces.js";
import { note, wrapped } from "./powershell.js";
import { compact, said } from "./text.js";

const NOTHING = { links: [], command: null, file: null, gaps: [], long: false, notes: [] };

/**
 * @param {object} server `name`, `key`, `title` and `description`
 * @param {object} way what builder/install/launch_json.py writes of the launch
 * @param {object} client a record of clients.js
 */
export function recipe(server, way, client) {
  if (way.bundle !== undefined) return bundle(way.bundle, client);
  if (!way.plan) return NOTHING;
  const entry = entryOf(server, way, client.dialect, false);
  const reason = whyNot(client, entry);
  const made = entry.linkable ? client.links.map((form) => link(form, entry)).filter(Boolean) : [];
  const links = made.filter(({ href }) => href.length <= LONGEST_LINK);
  if (reason && !links.length) return { ...NOTHING, notes: [reason] };
  const full = isOptional(way) ? entryOf(server, way, client.dialect, true) : null;
  const command = reason ? null : commandOf(client, entry, full);
  const text = reason ? null : fileOf(client, entry, full);
  const long = links.length < made.length;
  const notes = [client.notes[entry.transport], long && TEXTS.tooLong, way.notes?.[client.id], ...fileNotes(client, entry, text)];
  return { links, command, file: text, gaps: gaps(entry, links, command, text), long, notes: notes.filter(Boolean) };
}

/** Whether there is anything to click, run or copy. */
export function usable({ links, command, file }) {
  return Boolean(links.length || command || file);
}

function bundle(href, client) {
  if (href && client.id === TEXTS.opener) {
    return { ...NOTHING, links: [{ href, label: TEXTS.download }], notes: [TEXTS.openIt] };
  }
  return { ...NOTHING, notes: href ? [TEXTS.bundles] : [] };
}

function isOptional({ plan }) {
  return [...(plan.env ?? plan.headers)].some(([, , on]) => on) || (plan.args ?? []).some((word) => word.switch);
}

function commandOf(client, entry, full) {
  const words = client.command && wordsOf(client.command, entry);
  if (!words) return null;
  const command = line(words, (full && wordsOf(client.command, full)) ?? []);
  const byCmd = wrapped(client, entry);
  if (!byCmd) return command;
  const windows = line(wordsOf(client.command, byCmd) ?? [], []);
  return { ...command, windows: windows.windows || windows.text };
}

function fileOf(client, entry, full) {
  const form = client.file;
  if (!form) return null;
  const cut = full ? lines(file(form, full)) : [];
  const optional = cut.some(([switches]) => switches);
  return {
    places: client.places,
    language: language(form),
    text: optional ? without(cut) : file(form, entry),
    pieces: optional ? cut : [],
  };
}

function fileNotes(client, entry, text) {
  if (!text) return [];
  const names = variables(client.file, entry);
  const notes = names.length ? [said(TEXTS.needed, names.join(" and "), client.title)] : [];
  return [...notes, note(client, entry)];
}

/** The placeholders that stand in what one clicks or copies. */
function gaps(entry, links, command, text) {
  const texts = [command?.text, text?.text].filter((shown) => shown !== undefined);
  if (links.length && !entry.dialect.prompts) texts.push(compact(entry.config));
  return entry.open.filter((name) => texts.some((shown) => shown.includes(name)));
}

/** Why a client's configuration cannot hold this launch; "" if it can. */
function whyNot({ title, dialect }, { transport, plan }) {
  if (transport === "stdio" || dialect.urls[transport]) return "";
  if (Object.keys(dialect.urls).length) return said(TEXTS.noTransport, title);
  return said(valuesOf(plan).length > 1 ? TEXTS.noHeaders : TEXTS.publicOnly, title);
}
