/** `updated_since` with an overlap, as in builder/serve/overlap.py, which says why. */

import { changeTime } from "./time.js";

/**
 * Return the time to answer by for a time that is asked for. Costs three reads at most.
 * @param {import("./files.js").Files} files
 * @param {bigint} time
 */
export async function answeredSince(files, time) {
  const overlap = BigInt(files.settings.overlapMinutes) * 60_000_000_000n;
  return overlap === 0n || (await isChange(files, time)) ? time : time - overlap;
}

/**
 * Return the time of the newest change, as text. Costs one read.
 * @param {import("./files.js").Files} files
 * @returns {Promise<string>}
 */
export async function newestChange(files) {
  const index = await files.json(`${files.x}/changes/index.json`);
  const rows = index.shards?.length ? index.shards : (index.parts ?? []);
  return rows[rows.length - 1]?.until ?? "";
}

/**
 * @param {import("./files.js").Files} files
 * @param {bigint} time
 */
async function isChange(files, time) {
  const text = changeTime(time);
  if (text === "") return false;
  const folder = `${files.x}/changes`;
  /** @param {{since: string, until: string}[]} rows */
  const covering = (rows) => rows.find((row) => row.since <= text && text <= row.until);
  let index = await files.json(`${folder}/index.json`);
  if (index.parts) {
    const part = covering(index.parts);
    if (part === undefined) return false;
    index = await files.json(`${folder}/${part.url}`);
  }
  const row = covering(index.shards);
  if (row === undefined) return false;
  // Looked for as text: to parse a shard takes most of the time that a request may take.
  return ((await shard(files, `${folder}/${row.url}`)) ?? "").includes(`"time":"${text}"`);
}

/**
 * Read a shard of the change log; on a lean site a full one is gzip.
 * @param {import("./files.js").Files} files
 * @param {string} path
 */
function shard(files, path) {
  return path.endsWith(".gz") ? files.inflated(path) : files.text(path);
}
