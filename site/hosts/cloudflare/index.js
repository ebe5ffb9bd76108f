// The edge worker of this registry. Cloudflare runs it for /v0/ and /v0.1/ (see _routes.json and
// wrangler.jsonc); everything else is served from the files.
import settings from "./settings.js";
import { registry } from "./worker.js";

export default registry(settings);
