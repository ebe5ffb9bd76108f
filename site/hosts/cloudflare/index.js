// The edge worker of this registry. Cloudflare runs it for /v0/ and /v0.1/ (see _routes.json and
// wrangler.jsonc); everything else is served from the files.
import { registry } from "./worker.js";

export default registry({ extension: {{ config.extension_namespace|json }}, prefix: {{ prefix|json }}, v0: {{ config.api.v0|json }} });
