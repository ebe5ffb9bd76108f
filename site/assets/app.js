/** What every page runs. Each part does nothing where the page has no use for it. */

import { alternatives } from "./alternatives.js";
import { copyButtons } from "./copy.js";
import { filterRows } from "./filterrows.js";
import { phone } from "./phone.js";
import { scheme } from "./scheme.js";
import { searchBoxes } from "./searchbox.js";
import { switches } from "./switches.js";
import { ownSystem } from "./system.js";
import { tabs } from "./tabs.js";
import { plain, unfold } from "./unfold.js";

await unfold().catch(plain);
// A server's page alone has them, and without them it still has the first client's panel.
if (document.querySelector("[data-ways]")) await import("./install/panels.js").then(({ panels }) => panels()).catch(() => {});
scheme();
tabs();
switches();
ownSystem();
copyButtons();
phone();
searchBoxes();
filterRows();
alternatives();
const results = document.querySelector("[data-results]");
if (results) import("./results.js").then(({ resultsPage }) => resultsPage(results));
const comparison = document.querySelector("[data-compare-page]");
if (comparison) import("./compare.js").then(({ comparePage }) => comparePage(comparison));
const openapi = document.querySelector("[data-openapi]");
if (openapi) import("./explorer.js").then(({ explorer }) => explorer(openapi));
const proof = document.querySelector("[data-verify]");
if (proof) import("./verify.js").then(({ verifyPage }) => verifyPage(proof));
const badge = document.querySelector("[data-badge]");
if (badge) import("./badges.js").then(({ badges }) => badges(badge));
const missing = document.querySelector("[data-missing-results]");
// Without search the page still says what it has to say.
if (missing) import("./notfound.js").then(({ notFound }) => notFound(missing)).catch(() => {});
