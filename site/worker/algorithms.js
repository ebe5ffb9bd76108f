/** Signatures of JSON Web Tokens, in the words of WebCrypto. */

const PSS = "RSA-PSS";
const PKCS1 = "RSASSA-PKCS1-v1_5";

/**
 * What verifies a signature: with HMAC whoever reads the issuer's key could sign, so there is none.
 * @type {Record<string, {kty: string, crv?: string, key: any, use: any}>}
 */
export const ALGORITHMS = {
  ...rsa("RS", PKCS1),
  ...rsa("PS", PSS),
  ES256: ecdsa("P-256", 256),
  ES384: ecdsa("P-384", 384),
  ES512: ecdsa("P-521", 512),
  Ed25519: { kty: "OKP", crv: "Ed25519", key: { name: "Ed25519" }, use: { name: "Ed25519" } },
};

/**
 * @param {string} letters
 * @param {string} name
 */
function rsa(letters, name) {
  const record = (/** @type {number} */ bits) => ({
    kty: "RSA",
    key: { name, hash: `SHA-${bits}` },
    use: name === PSS ? { name, saltLength: bits / 8 } : { name },
  });
  return Object.fromEntries([256, 384, 512].map((bits) => [`${letters}${bits}`, record(bits)]));
}

/**
 * @param {string} namedCurve
 * @param {number} bits
 */
function ecdsa(namedCurve, bits) {
  const name = "ECDSA";
  return { kty: "EC", crv: namedCurve, key: { name, namedCurve }, use: { name, hash: `SHA-${bits}` } };
}
