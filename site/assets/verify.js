/** The page that proves a server in the browser: reads the files, says what was proved or what is wrong. */

import { element } from "./element.js";
import { Refusal, proofFile, prove } from "./logproof.js";
import { at } from "./site.js";

const SAFE = /^[\w.-]+\/[\w.-]+$/;

/** @param {HTMLElement} place where the answer goes; it knows the folder of the log */
export async function verifyPage(place) {
  const asked = new URLSearchParams(location.search);
  const [name, version] = [asked.get("name") ?? "", asked.get("version") || "latest"];
  const form = document.querySelector("form[data-verify-form]");
  form.elements.name.value = name;
  form.elements.version.value = version;
  if (!name) return;
  place.replaceChildren(element("p", {}, "Checking…"));
  try {
    place.replaceChildren(...shown(await proved(name, version, place.dataset.verify)));
  } catch (error) {
    const reason = error instanceof Refusal ? error.message : `It could not be checked: ${error.message}`;
    place.replaceChildren(element("p", { class: "standing standing-unproved" }, element("b", {}, "Not proved. "), reason));
  }
}

async function proved(name, asked, log) {
  if (!SAFE.test(name)) throw new Refusal(`${name} is not a server’s name.`);
  const path = `v0.1/servers/${name}/versions/${encodeURIComponent(asked)}/index.json`;
  const body = await file(path, `There is no ${name} in version ${asked}.`);
  const { server } = JSON.parse(new TextDecoder().decode(body));
  if (server.name !== name) throw new Refusal(`The registry answers with ${server.name} instead.`);
  const unsigned = "The registry’s log is not signed, so nothing can be proved.";
  const key = new TextDecoder().decode(await file(`${log}/key`, unsigned)).trim();
  const proof = await prove((part) => file(`${log}/${part}`, unsigned), key, name, server.version, body);
  return { ...proof, name, version: server.version, key };
}

async function file(path, missing) {
  const answer = await fetch(at(path), { cache: "no-cache" });
  if (answer.status === 404) throw new Refusal(missing);
  if (!answer.ok) throw new Error(`${path} answered with status ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

function shown(proof) {
  const href = URL.createObjectURL(new Blob([proofFile(proof)], { type: "text/plain" }));
  const download = `${proof.name.replace("/", "_")}-${proof.version}.tlog-proof`;
  const { sha256, time, kind } = JSON.parse(proof.entry);
  const number = (value) => value.toLocaleString("en");
  return [
    element(
      "p",
      { class: "standing standing-proved" },
      element("b", {}, "Proved. "),
      `${proof.name} ${proof.version} is logged as entry ${number(proof.index)} (${kind}, ${time}) of ${proof.origin}.`,
    ),
    element("p", {}, element("a", { href, download }, "Download the proof")),
    element(
      "dl",
      {},
      ...[
        ["Bytes checked, SHA-256", sha256],
        ["Entries in the signed tree", number(proof.size)],
        ["Signed by", proof.key],
      ].flatMap(([term, value]) => [element("dt", {}, term), element("dd", {}, element("code", {}, value))]),
    ),
    element("p", {}, "The key came from this site. Compare it with one that you got another way: a host that lies about everything can lie about its key too."),
  ];
}
