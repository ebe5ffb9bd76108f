/** What site/assets/install/ makes of panels' data: for each, for each client, its recipes and its HTML. */

import { readFileSync } from "node:fs";
import { CLIENTS } from "../../site/assets/install/clients.js";
import { panel } from "../../site/assets/install/panel.js";
import { recipe } from "../../site/assets/install/recipe.js";

const made = JSON.parse(readFileSync(0, "utf8")).map((ways) =>
  Object.fromEntries(
    CLIENTS.map((client) => [
      client.id,
      { recipes: ways.launches.map((launch) => recipe(ways.server, launch.way, client)), html: panel(ways, client, true) },
    ]),
  ),
);
process.stdout.write(JSON.stringify(made));
