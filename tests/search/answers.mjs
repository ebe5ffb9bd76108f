// Answers queries over a folder of index files, as the browser and the worker do: JSON in, JSON out.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { Facets } from "../../site/assets/facets.js";
import { search } from "../../site/assets/search/engine.js";
import { Index } from "../../site/assets/search/searchindex.js";
import { searchAnswer } from "../../site/worker/search.js";

const { folder, queries, topics = [] } = JSON.parse(await text(process.stdin));
const read = async (path) => JSON.parse(await readFile(join(folder, path), "utf8"));
const index = await new Index(read).open();
const answers = [];
for (const query of queries) answers.push(await search(index, query));
// Of some queries also those of a topic, as the filter of the search page leaves them.
const facets = new Facets(await index.file(index.top.facets), index.groups);
for (const [query, topic] of topics) answers.push(await search(index, query, facets.test([`topic:${topic}`])));
// And what the edge worker says to the same.
const files = { x: "x", json: (path) => read(path.slice("x/search/".length)) };
const said = [];
for (const [q, topic] of topics) said.push(JSON.parse(await searchAnswer(files, new URLSearchParams({ q, topic }))));
// What the filters leave of all servers, counted here.
const every = (await search(index, "")).servers;
const counts = Object.fromEntries([...facets.counts(every, [])].sort());
console.log(JSON.stringify([answers, said, counts]));
