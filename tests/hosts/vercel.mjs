// Where Vercel's own program takes requests: node vercel.mjs VERCEL_JSON REQUEST...
// Prints a JSON list: of each request the status and address of a redirect, or the file's path.
import { getTransformedRoutes } from "@vercel/routing-utils";
import { readFileSync } from "node:fs";

const [file, ...requests] = process.argv.slice(2);
const { routes, error } = getTransformedRoutes(JSON.parse(readFileSync(file, "utf8")));
if (error) throw new Error(JSON.stringify(error));

/** The groups of a route's conditions, null if one is not met. */
function conditions({ has = [] }, query) {
  let groups = {};
  for (const { key, value } of has) {
    const match = new RegExp(`^${value}$`).exec(query.get(key) ?? "");
    if (match === null) return null;
    groups = { ...groups, ...match.groups };
  }
  return groups;
}

function take(request) {
  const [path, query = ""] = request.split("?");
  for (const route of routes) {
    const match = route.src && !route.continue && new RegExp(route.src).exec(path);
    const groups = match && conditions(route, new URLSearchParams(query));
    if (!groups) continue;
    const fill = (text) => text.replace(/\$(\w+)/g, (_, name) => match[name] ?? groups[name] ?? "");
    if (route.status) return [route.status, fill(route.headers.Location)];
    return fill(route.dest).split("?")[0];
  }
  return path;
}

console.log(JSON.stringify(requests.map(take)));
