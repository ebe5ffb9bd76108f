/** One-click links, as builder/install/link.py makes them. */

import { GOOSE_COMMANDS } from "./clients.js";
import { namedJson } from "./entry.js";
import { base64, compact } from "./text.js";

const encode = encodeURIComponent;

/** What stands in a template for its fields. */
const FIELDS = {
  name: (entry) => encode(entry.key),
  config: (entry) => encode(compact(entry.config)),
  base64: (entry) => encode(base64(compact(entry.config))),
  named: (entry) => encode(namedJson(entry)),
  servers: (entry) => encode(base64(compact(new Map([["mcpServers", new Map([[entry.key, entry.config]])]])))),
  inputs: (entry) => (entry.prompts.length ? `&inputs=${encode(compact(entry.prompts))}` : ""),
};

/** By the names that forms have in clients.js; null where the client would misread the link. */
const MAKERS = {
  goose(entry) {
    const { plan, shown, server } = entry;
    const query = [];
    if (entry.isLocal) {
      if (!GOOSE_COMMANDS.includes(plan.command) || (plan.command === "npx" && shown.words.includes("-c"))) return null;
      query.push(["cmd", plan.command], ...shown.words.map((word) => ["arg", word]));
      query.push(...plan.settings.map(({ name }) => ["env", `${name}=${name.replaceAll("_", " ").trim() || name}`]));
    } else {
      if ([...shown.settings.values()].some((value) => value.includes("="))) return null;
      query.push(["url", shown.words[0]]);
      if (plan.transport === "streamable-http") query.push(["type", "streamable_http"]);
      query.push(...[...shown.settings].map(([name, value]) => ["header", `${name}=${value}`]));
    }
    query.push(["timeout", "300"], ["id", entry.key], ["name", entry.key], ["description", server.description]);
    const href = `goose://extension?${query.map(([key, value]) => `${key}=${encode(value)}`).join("&")}`;
    return { href, label: "Add to Goose" };
  },
  claude_connector(entry) {
    if (entry.isLocal || entry.plan.settings.length || !entry.isPublic) return null;
    const query = `connectorName=${encode(entry.server.title)}&connectorUrl=${encode(entry.shown.words[0])}`;
    return { href: `https://claude.ai/customize/connectors?modal=add-custom-connector&${query}`, label: "Add to Claude" };
  },
};

/** @returns {{href: string, label: string} | null} */
export function link(form, entry) {
  if (form.by) return MAKERS[form.by](entry);
  const href = form.template.replace(/\{(\w+)\}/g, (_, field) => FIELDS[field](entry));
  return form.twice && href.includes("%25") ? null : { href, label: form.label };
}
