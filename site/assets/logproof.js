/**
 * Proofs out of a log's tiles (https://c2sp.org/tlog-tiles), by WebCrypto alone.
 *
 * The host is not trusted: what `read` brings counts only if it leads to a root that the log's key
 * signed. Throws a `Refusal` that says what is wrong.
 */

const WIDTH = 256;
const ED25519 = 1;

export class Refusal extends Error {}

/**
 * @typedef {object} Proof
 * @property {number} index the entry's number
 * @property {string} entry the entry itself, JSON
 * @property {Uint8Array[]} hashes the way from the entry to the root
 * @property {string} checkpoint the signed note
 * @property {number} size how many entries the tree has
 * @property {string} origin the log's name
 */

/**
 * @param {(path: string) => Promise<Uint8Array>} read a file of the log, by its path below the log
 * @param {string} key the log's public key, `<name>+<id>+<base64>`
 * @param {string} name of the server
 * @param {string} version
 * @param {Uint8Array} body the version's document as the API gives it
 * @returns {Promise<Proof>}
 */
export async function prove(read, key, name, version, body) {
  const checkpoint = text(await read("checkpoint"));
  const { origin, size, root } = await verified(checkpoint, key);
  const servers = JSON.parse(await unpacked(await read(await lookupPath(name))));
  const place = servers[name]?.[version];
  if (!place) throw new Refusal(`The log has no version ${version} of ${name}.`);
  const entry = JSON.stringify({
    kind: place.kind,
    name,
    sequence: place.sequence,
    sha256: hex(await sha256(body)),
    time: place.time,
    version,
  });
  const hashes = await inclusion(read, place.entry, size);
  const leaf = await sha256(join([0], bytes(entry)));
  if (!(await leadsTo(leaf, place.entry, size, hashes, root))) {
    throw new Refusal("What the registry shows is not what its log says was published.");
  }
  return { index: place.entry, entry, hashes, checkpoint, size, origin };
}

/**
 * @param {Proof} proof
 * @returns {string} the same as a file (https://c2sp.org/tlog-proof)
 */
export function proofFile({ index, entry, hashes, checkpoint }) {
  const lines = ["c2sp.org/tlog-proof@v1", `extra ${base64(bytes(entry))}`, `index ${index}`];
  return [...lines, ...hashes.map(base64), "", checkpoint].join("\n");
}

/** Read a checkpoint that a key signed (https://c2sp.org/signed-note). */
async function verified(note, key) {
  const [name, id, encoded] = key.trim().split("+");
  const end = note.lastIndexOf("\n\n") + 1;
  const signed = note.slice(0, end);
  const data = unbase64(encoded ?? "");
  if (data[0] !== ED25519 || !end) throw new Refusal("The registry’s log is not signed.");
  const lines = note.slice(end + 1).split("\n").map((line) => line.split(" "));
  const raw = lines
    .filter(([dash, who]) => dash === "—" && who === name)
    .map((parts) => unbase64(parts[2] ?? ""))
    .find((signature) => hex(signature.subarray(0, 4)) === id);
  if (!raw) throw new Refusal(`The log is not signed by ${name}.`);
  const imported = await crypto.subtle.importKey("raw", data.subarray(1), "Ed25519", false, ["verify"]);
  if (!(await crypto.subtle.verify("Ed25519", imported, raw.subarray(4), bytes(signed)))) {
    throw new Refusal(`The signature of ${name} is wrong.`);
  }
  const [origin, size, root] = signed.split("\n");
  if (origin !== name) throw new Refusal(`This is the log of ${origin}, not of ${name}.`);
  return { origin, size: Number(size), root: unbase64(root) };
}

/** The first ten bits of the name's SHA-256 name the file that has its entries. */
async function lookupPath(name) {
  const digest = await sha256(bytes(name));
  const group = (digest[0] << 2) | (digest[1] >> 6);
  return `lookup/${group.toString(16).padStart(3, "0")}.gz`;
}

/** The text of a gzip file. A host that declares the coding has the browser unpack it: then it is text already. */
async function unpacked(body) {
  if (body[0] !== 0x1f || body[1] !== 0x8b) return text(body);
  const stream = new Blob([body]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
}

/** The proof of an entry (RFC 6962, section 2.1.1). */
async function inclusion(read, index, size) {
  if (!(index >= 0 && index < size)) throw new Refusal(`The log has no entry ${index}.`);
  const tiles = new Map();
  const hashes = [];
  let [start, stop] = [0, size];
  while (stop - start > 1) {
    const middle = start + half(stop - start);
    const left = index < middle;
    hashes.unshift(await (left ? range(middle, stop) : range(start, middle)));
    if (left) stop = middle;
    else start = middle;
  }
  return hashes;

  /** The hash of the entries [from, to): a subtree that the tree has. */
  async function range(from, to) {
    const count = to - from;
    const height = Math.log2(count);
    if (!Number.isInteger(height)) {
      const middle = from + half(count);
      return node(await range(from, middle), await range(middle, to));
    }
    const level = Math.floor(height / 8);
    const first = from / WIDTH ** level;
    const tile = await tileOf(level, Math.floor(first / WIDTH));
    const at = (first % WIDTH) * 32;
    let row = [];
    for (let i = 0; i < 2 ** (height % 8); i++) row.push(tile.subarray(at + i * 32, at + i * 32 + 32));
    while (row.length > 1) {
      const above = [];
      for (let i = 0; i < row.length; i += 2) above.push(await node(row[i], row[i + 1]));
      row = above;
    }
    return row[0];
  }

  async function tileOf(level, number) {
    const width = Math.min(WIDTH, Math.floor(size / WIDTH ** level) - number * WIDTH);
    const path = `tile/${level}/${numbered(number)}${width < WIDTH ? `.p/${width}` : ""}`;
    if (!tiles.has(path)) tiles.set(path, await read(path));
    if (tiles.get(path).length !== width * 32) throw new Refusal(`${path} is cut off.`);
    return tiles.get(path);
  }
}

/** Whether a proof leads from an entry's hash to the root (RFC 9162, section 2.1.3.2). */
async function leadsTo(leaf, index, size, hashes, root) {
  let [at, last, result] = [index, size - 1, leaf];
  for (const sibling of hashes) {
    if (last === 0) return false;
    if (at % 2 || at === last) {
      result = await node(sibling, result);
      while (at % 2 === 0 && at) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      result = await node(result, sibling);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && hex(result) === hex(root);
}

/** The largest power of two below a number of two or more. */
function half(count) {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

function numbered(number) {
  const parts = [String(number % 1000).padStart(3, "0")];
  while ((number = Math.floor(number / 1000))) parts.unshift(`x${String(number % 1000).padStart(3, "0")}`);
  return parts.join("/");
}

const node = (left, right) => sha256(join([1], left, right));
const bytes = (string) => new TextEncoder().encode(string);
const text = (data) => new TextDecoder().decode(data);
const hex = (data) => Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
const base64 = (data) => btoa(String.fromCharCode(...data));

function unbase64(string) {
  try {
    return Uint8Array.from(atob(string), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

async function sha256(data) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", data));
}

function join(...parts) {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
