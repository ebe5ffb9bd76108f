// Answers queries over a folder of index files, as the browser and the worker do: JSON in, JSON out.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { search } from "../../site/assets/search/engine.js";
import { Index } from "../../site/assets/search/searchindex.js";

const { folder, queries } = JSON.parse(await text(process.stdin));
const index = new Index(async (path) => JSON.parse(await readFile(join(folder, path), "utf8")));
const answers = [];
for (const query of queries) answers.push(await search(index, query));
console.log(JSON.stringify(answers));
