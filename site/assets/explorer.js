/** Forms that try the API: made from the registry's own OpenAPI description, sent to this registry. */

import { announce } from "./announce.js";
import { breakable, element } from "./element.js";

const SHOWN = 20_000; // characters of an answer
const OLDER = "/v0/";

/** @param {HTMLElement} place  Names the description in `data-openapi`, relative to the page. */
export async function explorer(place) {
  const address = new URL(place.dataset.openapi, document.baseURI);
  const { paths, servers } = await (await fetch(address)).json();
  const base = new URL(servers?.[0]?.url ?? ".", address).href.replace(/\/$/, "");
  const forms = (isOlder) =>
    Object.entries(paths)
      .filter(([path, { get }]) => get && path.startsWith(OLDER) === isOlder)
      .map(([path, { get }]) => endpoint(path, get, base));
  const older = forms(true);
  const fold = [element("summary", {}, `The same for older clients, below ${OLDER}`), element("div", {}, ...older)];
  place.replaceChildren(...forms(false), ...(older.length ? [element("details", { class: "fold" }, ...fold)] : []));
}

function endpoint(path, { summary, parameters = [] }, base) {
  const fields = parameters.map(field);
  const form = element("form", {}, ...fields, element("button", { type: "submit", class: "button button-main" }, "Send"));
  const answer = element("div", {});
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(base + filled(path, parameters, new FormData(form)), answer);
  });
  const title = element("summary", {}, element("b", { class: "tag tag-main" }, "GET"), " ", element("code", {}, ...breakable(path)), " ", element("small", {}, summary));
  return element("details", { class: "fold endpoint", "data-path": path }, title, form, answer);
}

function field({ name, in: where, required, description, schema = {} }) {
  const values = schema.enum ?? (schema.type === "boolean" ? ["true", "false"] : null);
  const properties = { name, required, class: "field" };
  const input = values
    ? element("select", properties, element("option", { value: "" }, "–"), ...values.map((value) => element("option", { value }, value)))
    : element("input", { ...properties, placeholder: String(schema.default ?? ""), spellcheck: false, autocapitalize: "none" });
  const kind = required ? "required" : where;
  return element("label", {}, element("code", {}, name), ` ${kind} `, element("small", {}, description ?? ""), input);
}

/**
 * @param {string} path with parameters in braces
 * @param {{name: string, in: string}[]} parameters
 * @param {FormData} given
 * @returns {string} the path with what was given, and a query of what else was given
 */
export function filled(path, parameters, given) {
  const query = new URLSearchParams();
  let made = path;
  for (const { name, in: where } of parameters) {
    const value = String(given.get(name) ?? "").trim();
    if (where === "path") made = made.replace(`{${name}}`, encodeURIComponent(value));
    else if (value) query.set(name, value);
  }
  return query.size ? `${made}?${query}` : made;
}

async function send(url, place) {
  const shown = (title, text) => [element("p", {}, element("b", {}, title)), snippet(`curl '${url.replaceAll("'", "%27")}'`), snippet(text)];
  try {
    const answer = await fetch(url);
    const title = `${answer.status} ${answer.statusText} ${answer.headers.get("Content-Type") ?? ""}`;
    place.replaceChildren(...shown(title, pretty(await answer.text())));
    announce(title);
  } catch (error) {
    place.replaceChildren(...shown("No answer", error.message));
  }
}

function pretty(text) {
  let made = text;
  try {
    made = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not JSON: as it is.
  }
  return made.length > SHOWN ? `${made.slice(0, SHOWN)}\n… ${made.length - SHOWN} more characters` : made;
}

function snippet(text) {
  const copy = element("button", { class: "copy", type: "button", "data-copy": "" }, "Copy");
  return element("div", { class: "snippet" }, element("pre", { tabIndex: 0 }, element("code", {}, text)), copy);
}
