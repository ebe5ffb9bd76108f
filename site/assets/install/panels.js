/**
 * Install panels of the clients that are not shown first: made here from what the page holds once
 * (builder/install/launch_json.py). Without scripts the first client's panel is there, and the page as Markdown
 * has all of them.
 */

import { htmlPolicy } from "../unfold.js";
import { CLIENTS } from "./clients.js";
import { panel } from "./panel.js";

/** Put every other client's panel behind the first one. */
export function panels() {
  for (const data of document.querySelectorAll("script[data-ways]")) {
    const ways = JSON.parse(data.textContent);
    const made = document.createElement("template");
    const others = CLIENTS.slice(1).map((client) => panel(ways, client, data.dataset.ways === "active"));
    made.innerHTML = htmlPolicy().createHTML(others.join(""));
    data.replaceWith(made.content);
  }
}
