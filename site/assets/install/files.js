/** Pieces of configuration files, as builder/install/file.py writes them. */

import { OWN_KEYS } from "./clients.js";
import { bearer } from "./commands.js";
import { inputsOf, placeholder, render, unique, variableName } from "./entry.js";
import { START, json, mark } from "./text.js";

const GOOSE_SECONDS = 300;

/** By the names that forms have in clients.js. */
const WRITERS = {
  servers(entry, { key }) {
    const asked = entry.prompts.length ? [["inputs", entry.prompts]] : [];
    return json(new Map([...asked, [key, new Map([[entry.key, entry.config]])]]));
  },
  codex(entry) {
    const table = `mcp_servers.${bareKey(entry.key)}`;
    const { plan, own } = entry;
    if (!entry.isLocal) {
      return `${[`[${table}]`, `url = ${json(entry.shown.words[0])}`, ...codexHeaders(entry)].join("\n")}\n`;
    }
    const rows = [`[${table}]`, `command = ${json(plan.command)}`];
    if (own.words.length) rows.push(`args = ${row(own.words)}`);
    const env = [...own.settings].map(([name, text]) => `${bareKey(name)} = ${json(text)}`);
    if (env.length) rows.push("", envTable(entry, table), ...env);
    return `${rows.join("\n")}\n`;
  },
  goose(entry) {
    const { plan, server } = entry;
    const kind = entry.isLocal ? "stdio" : plan.transport === "streamable-http" ? "streamable_http" : "sse";
    const body = new Map([
      ["name", entry.key],
      ["type", kind],
      ["description", server.description],
      ["enabled", true],
      ["timeout", GOOSE_SECONDS],
    ]);
    if (entry.isLocal) body.set("cmd", plan.command).set("args", entry.own.words);
    else body.set("uri", entry.shown.words[0]);
    if (plan.settings.length) body.set(entry.isLocal ? "envs" : "headers", entry.shown.settings);
    return `${yaml(new Map([["extensions", new Map([[entry.key, body]])]])).join("\n")}\n`;
  },
  continue(entry) {
    const { plan, own } = entry;
    const body = new Map([["name", entry.key]]);
    if (entry.isLocal) {
      body.set("type", "stdio").set("command", plan.command).set("args", own.words);
      if (plan.settings.length) body.set("env", own.settings);
    } else {
      body.set("type", plan.transport).set("url", own.words[0]);
      if (plan.settings.length) body.set("requestOptions", new Map([["headers", own.settings]]));
    }
    const [first, ...rest] = yaml(body, "    ");
    return `${["mcpServers:", `  - ${first.trim()}`, ...rest].join("\n")}\n`;
  },
};

export function file(form, entry) {
  return WRITERS[form.by](entry, form);
}

/** The environment variables that a file refers to. */
export function variables(form, entry) {
  if (form.by !== "codex") return entry.own.variables;
  return entry.isLocal ? [] : unique(codexSecrets(entry).map(([, name]) => name).filter(Boolean));
}

/** What the file's form is, for the page. */
export function language({ by }) {
  return { servers: "json", codex: "toml" }[by] ?? "yaml";
}

/** The heading of the variables; it is there with any of them if all have a switch. */
function envTable({ plan, marked }, table) {
  const switches = plan.settings.map(({ on }) => on);
  const marks = !marked || switches.includes(undefined) ? "" : switches.map((on) => mark("", on)).join("");
  return `${marks}[${table}.env]`;
}

function codexHeaders(entry) {
  return codexSecrets(entry).map(([header, variable]) => {
    let line = `http_headers.${bareKey(header.name)} = ${json(render(header.value, placeholder))}`;
    if (header === bearer(entry.plan).header) line = `bearer_token_env_var = ${json(variable)}`;
    else if (variable) line = `env_http_headers.${bareKey(header.name)} = ${json(variable)}`;
    return entry.marked ? mark(line, header.on) : line;
  });
}

/** Each header with the variable that holds its token or its whole value, "" if none. */
function codexSecrets({ plan, server }) {
  const { header, token } = bearer(plan);
  return plan.settings.map((setting) => {
    const isSecret = inputsOf(setting.value).some((asked) => asked.secret);
    const asked = setting === header ? token : { id: setting.name };
    return [setting, isSecret ? variableName(asked, server) : ""];
  });
}

function yaml(table, indent = "") {
  return [...table].flatMap(([key, item]) => {
    const name = OWN_KEYS.includes(key) ? key : json(key);
    if (item instanceof Map) return [`${indent}${name}:`, ...yaml(item, `${indent}  `)];
    return [`${indent}${name}: ${Array.isArray(item) ? row(item, indent) : json(item)}`];
  });
}

/** A list on one line; on several if an item may come and go with its switch. */
function row(words, indent = "") {
  const items = words.map((word) => json(word));
  if (!items.some((item) => item.includes(START))) return `[${items.join(", ")}]`;
  return `[\n${items.map((item) => `${indent}  ${item}`).join(",\n")}\n${indent}]`;
}

const bareKey = (name) => (/^[A-Za-z0-9_-]+$/.test(name) ? name : json(name));
