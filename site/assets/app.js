/** What every page runs. Each part does nothing where the page has no use for it. */

import { copyButtons } from "./copy.js";
import { scheme } from "./scheme.js";
import { tabs } from "./tabs.js";

scheme();
tabs();
copyButtons();
