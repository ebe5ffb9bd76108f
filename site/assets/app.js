/** What every page runs. Each part does nothing where the page has no use for it. */

import { alternatives } from "./alternatives.js";
import { badges } from "./badges.js";
import { copyButtons } from "./copy.js";
import { filterRows } from "./filterrows.js";
import { notFound } from "./notfound.js";
import { results } from "./results.js";
import { scheme } from "./scheme.js";
import { searchBoxes } from "./searchbox.js";
import { switches } from "./switches.js";
import { ownSystem } from "./system.js";
import { tabs } from "./tabs.js";
import { unfold } from "./unfold.js";

scheme();
await unfold().catch(() => {}); // without it the page has its first panel
tabs();
switches();
ownSystem();
copyButtons();
searchBoxes();
results();
badges();
filterRows();
alternatives();
const comparison = document.querySelector("[data-compare-page]");
if (comparison) import("./compare.js").then(({ comparePage }) => comparePage(comparison));
const openapi = document.querySelector("[data-openapi]");
if (openapi) import("./explorer.js").then(({ explorer }) => explorer(openapi));
const proof = document.querySelector("[data-verify]");
if (proof) import("./verify.js").then(({ verifyPage }) => verifyPage(proof));
notFound().catch(() => {}); // without search the page still says what it has to say
