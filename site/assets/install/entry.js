/** A launch as one client sees it, as builder/install/entry.py and recipe.py do it. */

import { compact, mark } from "./text.js";

const PROMPT = "${input:";

/**
 * @param {object} server `name`, `key`, `title` and `description`
 * @param {object} way what builder/install/launch_json.py writes of a launch
 * @param {object} dialect
 * @param {boolean} marked with what is optional, each part with the mark of its switch
 */
export function entryOf(server, way, dialect, marked) {
  const plan = chosen(way, dialect, marked);
  const bare = { prompts: dialect.prompts, secret: "" };
  const view = written(server, plan, bare, marked);
  const entry = {
    server,
    plan,
    dialect,
    marked,
    isLocal: plan.command !== undefined,
    transport: plan.transport ?? "stdio",
    key: dialect.fullName ? server.name : server.key,
    shown: view,
    own: dialect.secret ? written(server, plan, dialect, marked) : view,
    linkable: way.linked.includes(dialect.prompts ? "prompted" : "plain"),
    isPublic: way.public ?? false,
    open: unique(valuesOf(plan).flatMap(inputsOf).filter((asked) => asked.secret || !asked.default).map(placeholder)),
  };
  entry.prompts = dialect.prompts ? promptsOf(entry) : [];
  entry.config = configOf(entry);
  return entry;
}

/** The plan of a way with its values as lists, and without what is optional unless it is asked for. */
function chosen({ plan, prompted }, dialect, marked) {
  const settings = (rows) => rows.map(([name, value, on]) => ({ name, value: parts(value), on }));
  const kept = (items) => (marked ? items : items.filter((item) => !item.on));
  if (plan.command !== undefined) {
    const words = (dialect.prompts && prompted) || plan.args;
    const args = words.map((word) => (word.switch ? { value: parts(word.value), on: word.switch } : { value: parts(word) }));
    return { command: plan.command, args: kept(args), settings: kept(settings(plan.env)) };
  }
  const headers = settings(plan.headers);
  const all = headers.map(({ name, value }) => ({ name, value }));
  return { transport: plan.transport, url: parts(plan.url), settings: dialect.allHeaders ? all : kept(headers) };
}

const parts = (value) => (typeof value === "string" ? [value] : value);
export const inputsOf = (value) => value.filter((part) => typeof part !== "string");
export const unique = (texts) => [...new Set(texts)];

/** Every value of a plan: arguments or the address first, then variables or headers. */
export function valuesOf(plan) {
  return valued(plan).map(({ value }) => value);
}

function valued(plan) {
  return [...(plan.args ?? [{ value: plan.url }]), ...plan.settings];
}

/** @param {(asked: object) => string} write how an input looks */
export function render(value, write) {
  return value.map((part) => (typeof part === "string" ? part : write(part))).join("");
}

/** An input for a person to fill in: its default, or its name in angle brackets. */
export function placeholder(asked) {
  return asked.default && !asked.secret ? asked.default : `<${asked.id}>`;
}

/** The environment variable that an input is read from. */
export function variableName(asked, server) {
  const name = !asked.common && asked.id.toLowerCase() === "authorization" ? "token" : asked.id;
  const text = (asked.common ? name : `${server.key}__${name.replace(/[^A-Za-z0-9]+/g, "_").replace(/^_|_$/g, "")}`).replace(/[^A-Za-z0-9_]/g, "_").toUpperCase();
  return /^[0-9]/.test(text) ? `_${text}` : text;
}

function written(server, plan, dialect, marked) {
  const write = ({ value, on }) => {
    const text = render(value, (asked) => inputText(asked, dialect, server));
    return marked ? mark(text, on) : text;
  };
  const secrets = dialect.secret ? valuesOf(plan).flatMap(inputsOf).filter((asked) => asked.secret) : [];
  return {
    words: (plan.args ?? [{ value: plan.url }]).map(write),
    settings: new Map(plan.settings.map((setting) => [setting.name, write(setting)])),
    variables: unique(secrets.map((asked) => variableName(asked, server))),
  };
}

function inputText(asked, dialect, server) {
  if (dialect.prompts) {
    if (asked.default && asked.optional && !asked.secret) return asked.default;
    return `${PROMPT}${promptId(asked, server)}}`;
  }
  if (asked.secret && dialect.secret) return dialect.secret.replace("{name}", () => variableName(asked, server));
  return placeholder(asked);
}

function promptId({ id, common }, { key }) {
  const isUpper = /[A-Z]/.test(id) && !/[a-z]/.test(id);
  return common ? id : `${key}.${isUpper ? id : id.toLowerCase()}`;
}

/** VS Code's `inputs`: what it asks its user for, each once. */
function promptsOf({ plan, dialect, server, marked }) {
  const values = valued(plan);
  const always = [...values.filter(({ on }) => !on), ...values.filter(({ on }) => on)];
  const asked = always.flatMap(({ value, on }) => inputsOf(value).map((input) => ({ input, on })));
  const secret = new Set(asked.filter(({ input }) => input.secret).map(({ input }) => input.id));
  const prompts = new Map();
  for (const { input, on } of asked) {
    const whole = { ...input, secret: secret.has(input.id) };
    const text = inputText(whole, dialect, server);
    if (text.startsWith(PROMPT) && !prompts.has(text)) {
      prompts.set(text, marked && on ? markKeys(prompt(whole, text.slice(PROMPT.length, -1)), on) : prompt(whole, text.slice(PROMPT.length, -1)));
    }
  }
  return [...prompts.values()];
}

function prompt(asked, id) {
  const about = asked.description || asked.id;
  const made = new Map([
    ["type", asked.choices ? "pickString" : "promptString"],
    ["id", id],
    ["description", asked.placeholder ? `${about} (for example ${asked.placeholder})` : about],
  ]);
  if (asked.choices) made.set("options", asked.choices);
  if (asked.default && !asked.secret) made.set("default", asked.default);
  if (asked.secret && !asked.choices) made.set("password", true);
  return made;
}

function markKeys(table, on) {
  const marked = (item) => (Array.isArray(item) ? item.map((text) => mark(text, on)) : item);
  return new Map([...table].map(([name, item]) => [mark(name, on), marked(item)]));
}

/** The server's object in the client's configuration, without its key. */
function configOf({ plan, dialect, own, transport, isLocal }) {
  const config = new Map();
  if (dialect.types[transport]) config.set("type", dialect.types[transport]);
  if (!isLocal) {
    config.set(dialect.urls[transport] ?? "url", own.words[0]);
    if (own.settings.size) config.set("headers", own.settings);
  } else {
    config.set("command", dialect.joined ? [plan.command, ...own.words] : plan.command);
    if (!dialect.joined && own.words.length) config.set("args", own.words);
    if (own.settings.size) config.set(dialect.env, own.settings);
  }
  for (const [name, value] of Object.entries(dialect.extra)) config.set(name, value);
  return config;
}

/** The JSON of `vscode:mcp/install` and `code --add-mcp`: name, configuration, prompts. */
export function namedJson(entry) {
  const asked = entry.prompts.length ? [["inputs", entry.prompts]] : [];
  return compact(new Map([["name", entry.key], ...entry.config, ...asked]));
}
