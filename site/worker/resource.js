/** A server as an entry of a discovery catalogue, as builder/search/resource.py has it. */

export const CARD_TYPE = "application/mcp-server-card+json";
const NO_DOMAIN = "registry.invalid";
const DOMAIN = /^(?=.{1,253}$)(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/;

/**
 * @param {string} baseUrl
 * @param {any[]} row  A server of the search index.
 */
export function resource(baseUrl, [name, title, description, version, day, , , topics]) {
  const shown = title || name.slice(name.indexOf("/") + 1);
  const path = name.split("/").map(quoted).join("/");
  return {
    identifier: identifier(name),
    displayName: shown,
    type: CARD_TYPE,
    url: `${baseUrl}/cards/${path}.json`,
    description: description || shown,
    tags: topics,
    version,
    updatedAt: `${day}T00:00:00Z`,
    metadata: {
      name,
      page: `${baseUrl}/servers/${path}/`,
      serverJson: `${baseUrl}/v0.1/servers/${path}/versions/latest`,
    },
  };
}

/** @param {string} namespace */
export function publisher(namespace) {
  const domain = namespace.split(".").reverse().join(".");
  return DOMAIN.test(domain) ? domain : NO_DOMAIN;
}

function identifier(name) {
  const slash = name.indexOf("/");
  const [namespace, label] = [name.slice(0, slash), name.slice(slash + 1)];
  const domain = publisher(namespace);
  const parts = domain === NO_DOMAIN ? [domain, namespace, label] : [domain, label];
  return ["urn:air", ...parts.map(escaped)].join(":");
}

function escaped(text) {
  const code = (sign) => `_${sign.codePointAt(0).toString(16).padStart(2, "0")}`;
  return text.replace(/[^A-Za-z0-9.-]/gu, code) || "_";
}

/** Percent-encoding as Python's `quote` has it. */
function quoted(text) {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
