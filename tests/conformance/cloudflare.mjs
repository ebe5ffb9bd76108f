// Cloudflare's own programs for static assets (routing, _headers, _redirects, 404 page) in front of
// the edge worker, on loopback: node cloudflare.mjs FOLDER PORT
import { Miniflare } from "miniflare";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [folder, port] = process.argv.slice(2);
const settings = JSON.parse(
  readFileSync(join(folder, ".hosts/cloudflare/wrangler.jsonc"), "utf8").replace(/^\s*\/\/.*$/gm, ""),
);
const { html_handling, not_found_handling, run_worker_first: first } = settings.assets;
// The first module is the one that is run.
const modules = readdirSync(join(folder, "_worker.js")).sort((left) => (left === "index.js" ? -1 : 1));
const miniflare = new Miniflare({
  host: "127.0.0.1",
  port: Number(port),
  compatibilityDate: settings.compatibility_date,
  modulesRoot: join(folder, "_worker.js"),
  modules: modules.map((name) => ({ type: "ESModule", path: join(folder, "_worker.js", name) })),
  assets: {
    directory: folder,
    binding: settings.assets.binding,
    workerName: settings.name,
    assetConfig: { html_handling, not_found_handling },
    routerConfig: {
      has_user_worker: true,
      static_routing: {
        user_worker: first.filter((rule) => !rule.startsWith("!")),
        asset_worker: first.filter((rule) => rule.startsWith("!")).map((rule) => rule.slice(1)),
      },
    },
  },
  name: settings.name,
});
await miniflare.ready;
process.on("SIGTERM", () => miniflare.dispose());
