// A Sigstore of our own: its services are played by @sigstore/mock, and @sigstore/verify checks what they make.
// With "serve" it answers as Fulcio and Rekor do, until its input ends; its first line is {"url", "root"}.
// Otherwise it reads {"time", "bundles": [{"data", "certificate", "payload"?, "fresh"?}]} and writes {"root", "bundles", "verified"}.
// `certificate` are the texts of Fulcio's extensions by number: github.com/sigstore/fulcio/blob/main/docs/oid-info.md

import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import { bundleToJSON, toDSSEBundle, toMessageSignatureBundle } from "@sigstore/bundle";
import mock from "@sigstore/mock";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";

const REKOR = "https://rekor.sigstore.dev";
const serves = process.argv[2] === "serve";
const asked = serves ? { bundles: [] } : JSON.parse(fs.readFileSync(0, "utf8"));
const now = serves ? new Date() : new Date(asked.time * 1000);
const pair = crypto.generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const log = await mock.initializeTLog(REKOR, pair, serves ? undefined : now);
const certificates = await mock.initializeCTLog(pair);
const authority = await mock.initializeCA(pair, certificates, serves ? undefined : now);
const DAY = 24 * 3600 * 1000;

function trustedRoot() {
  const start = new Date(Math.min(now.getTime(), Date.now()) - DAY).toISOString();
  const instance = (baseUrl, key, keyId) => ({
    baseUrl,
    hashAlgorithm: "SHA2_256",
    publicKey: {
      rawBytes: Buffer.from(key).toString("base64"),
      keyDetails: "PKIX_ECDSA_P256_SHA_256",
      validFor: { start },
    },
    logId: { keyId: Buffer.from(keyId).toString("base64") },
  });
  return {
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [instance(REKOR, log.publicKey, crypto.createHash("sha256").update(log.publicKey).digest())],
    certificateAuthorities: [
      {
        subject: { organization: "sigstore.mock", commonName: "sigstore" },
        uri: "https://fulcio.sigstore.dev",
        certChain: { certificates: [{ rawBytes: authority.rootCertificate.toString("base64") }] },
        validFor: { start },
      },
    ],
    ctlogs: [instance("https://ctfe.sigstore.dev", certificates.publicKey, certificates.logID)],
    timestampAuthorities: [],
  };
}

async function make({ data, certificate: texts, subject, payload }) {
  const signer = crypto.generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const certificate = await authority.issueCertificate({
    publicKey: signer.publicKey.export({ format: "der", type: "spki" }),
    subjectAltName: subject,
    extensions: Object.entries(texts).map(([number, value]) => ({ oid: `1.3.6.1.4.1.57264.1.${number}`, value })),
  });
  const artifact = Buffer.from(data, "base64");
  const body = { signer: signer.privateKey, certificate, artifact };
  const bundle = payload ? envelope(body, payload) : message(body);
  const entry = Object.values(await log.log(bundle.proposed))[0];
  bundle.made.verificationMaterial.tlogEntries = [logged(entry, bundle.proposed)];
  const json = bundleToJSON(bundle.made);
  // The first entry of a log has no other hashes: what is empty is left out, and sigstore (Python) wants it.
  Object.assign(json.verificationMaterial.tlogEntries[0].inclusionProof, { logIndex: "0", hashes: [] });
  return json;
}

function pem(certificate) {
  const lines = certificate.toString("base64").match(/.{1,64}/g).join("\n");
  return Buffer.from(`-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`).toString("base64");
}

function message({ signer, certificate, artifact }) {
  const digest = crypto.createHash("sha256").update(artifact).digest();
  const signature = crypto.sign("sha256", artifact, signer);
  const made = toMessageSignatureBundle({ digest, signature, certificate, certificateChain: false });
  const content = signature.toString("base64");
  const spec = {
    data: { hash: { algorithm: "sha256", value: digest.toString("hex") } },
    signature: { content, publicKey: { content: pem(certificate) } },
  };
  return { made, proposed: { apiVersion: "0.0.1", kind: "hashedrekord", spec } };
}

function envelope({ signer, certificate }, payload) {
  const artifactType = "application/vnd.in-toto+json";
  const text = Buffer.from(payload);
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${artifactType.length} ${artifactType} ${text.length} `), text]);
  const signature = crypto.sign("sha256", signed, signer);
  const made = toDSSEBundle({ artifact: text, artifactType, signature, certificate, certificateChain: false });
  const sha256 = (data) => ({ algorithm: "sha256", value: crypto.createHash("sha256").update(data).digest("hex") });
  const spec = {
    payloadHash: sha256(text),
    envelopeHash: sha256(JSON.stringify(made.content.dsseEnvelope)),
    signatures: [{ signature: signature.toString("base64"), verifier: pem(certificate) }],
  };
  return { made, proposed: { apiVersion: "0.0.1", kind: "dsse", spec } };
}

function logged(entry, { kind, apiVersion }) {
  const proof = entry.verification.inclusionProof;
  return {
    logIndex: String(entry.logIndex),
    logId: { keyId: Buffer.from(entry.logID, "hex") },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(entry.integratedTime),
    inclusionPromise: { signedEntryTimestamp: Buffer.from(entry.verification.signedEntryTimestamp, "base64") },
    inclusionProof: {
      logIndex: String(proof.logIndex),
      rootHash: Buffer.from(proof.rootHash, "hex"),
      treeSize: String(proof.treeSize),
      hashes: proof.hashes.map((hash) => Buffer.from(hash, "hex")),
      checkpoint: { envelope: proof.checkpoint },
    },
    canonicalizedBody: Buffer.from(entry.body, "base64"),
  };
}

const root = trustedRoot();
const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(root)));

async function verify(bundle, data) {
  const { bundleFromJSON } = await import("@sigstore/bundle");
  try {
    verifier.verify(toSignedEntity(bundleFromJSON(bundle), Buffer.from(data, "base64")));
    return "";
  } catch (error) {
    return String(error.message);
  }
}

if (serves) {
  const handlers = [mock.fulcioHandler(authority), mock.rekorHandler(log)];
  const server = http.createServer(async (request, response) => {
    const chunks = await request.toArray();
    const handler = handlers.find(({ path }) => request.url.startsWith(path));
    const body = JSON.parse(Buffer.concat(chunks).toString());
    // Fulcio also takes the token from the header, and bytes, in JSON as base64; the mock takes their text.
    body.credentials ??= { oidcIdentityToken: request.headers.authorization?.replace("Bearer ", "") };
    const signing = body.certificateSigningRequest;
    if (signing) body.certificateSigningRequest = Buffer.from(signing, "base64").toString();
    const answer = handler ? await handler.fn(JSON.stringify(body)) : { statusCode: 404, response: "" };
    response.writeHead(answer.statusCode, { "Content-Type": answer.contentType ?? "text/plain" });
    response.end(answer.response);
  });
  server.listen(0, "127.0.0.1", () => {
    process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${server.address().port}`, root })}\n`);
  });
  process.stdin.resume().on("end", () => process.exit());
  await new Promise(() => {});
}

const bundles = [];
const verified = [];
for (const one of asked.bundles) {
  bundles.push(await make(one));
  verified.push(await verify(bundles.at(-1), one.data));
}
process.stdout.write(JSON.stringify({ root, bundles, verified }));
