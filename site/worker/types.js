/**
 * What the modules share.
 *
 * @typedef {{status: number, title: string, detail: string}} ProblemText
 * @typedef {object} Settings  Written by the builder into the host's entry file.
 * @property {string} extension  The registry's reverse-DNS name: files are in v0.1/x/<extension>/.
 * @property {string} baseUrl  The registry's public address.
 * @property {string} prefix  The path the registry is served under, such as "/registry".
 * @property {boolean} v0  Whether /v0 is served too (from the files of /v0.1).
 * @property {"name" | "name-or-description"} search  What `search` of the list looks in.
 * @property {number} overlapMinutes  How far `updated_since` reaches back; 0: not at all.
 * @property {{least: number, most: number, usual: number}} limit  Items of a page.
 * @property {Login | null} login  Of a registry that is read with a login.
 * @property {Record<string, string>} cors  Headers of every answer.
 * @property {{found: string, missing: string, immutable: string}} cache  Values of Cache-Control.
 * @property {{types: Record<string, string>, immutable: string[]} | null} packed  Of a packed site: its
 *   content types by ending, and the folders whose files never change. Null: it is in files.
 * @property {string[]} methods  Those that are answered.
 * @property {Record<string, ProblemText>} problems  Answers that are no success, by their name.
 * @property {{methods: string[], addresses: string}} writes  Methods that would write, and a regular
 *   expression of the addresses that the official API writes to.
 *
 * @typedef {object} Login  What a reader's bearer token must be.
 * @property {string} issuer
 * @property {string} audience
 * @property {string[]} scopes
 * @property {{name: string, value: string | boolean | number}[]} claims
 * @property {string[]} paths  Where the metadata is (RFC 9728).
 * @property {string} metadataUrl
 * @property {object} metadata
 *
 * @typedef {{ASSETS?: {fetch: typeof fetch}, BASE_URL?: string}} Env  Where the files are.
 *
 * @typedef {object} Query
 * @property {Position} from  Where the page starts.
 * @property {number} limit
 * @property {string} search  Lower case; "" for any.
 * @property {boolean} searchesDescriptions  Whether `search` may be in the description, too.
 * @property {string} version  "latest", an exact version, or "" for any.
 * @property {bigint | null} since  Only what was updated after this time (ns since 1970).
 * @property {bigint | null} until  Only what was updated by then: see ListQuery in builder/serve/query.py.
 * @property {boolean} includeDeleted
 * @property {Record<string, string>} carried  The filters, as a cursor carries them.
 *
 * @typedef {{name: string, version: string, inclusive: boolean}} Position
 * @typedef {{name: string, version: string, raw: string}} Item  `raw` is its ServerResponse.
 * @typedef {{path: string, last: Position, expected: number}} Source  A file that holds items.
 */

export {};
