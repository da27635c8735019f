// Bytes, hashes and keys, as CONTRACT.md's "Types" and section 2 name them.
import { createHash, createPrivateKey, createPublicKey, sign, verify } from "node:crypto";

export const sha256 = (bytes) => createHash("sha256").update(bytes).digest();
export const sha256Hex = (bytes) => sha256(bytes).toString("hex");
export const keyIdOf = (publicHex) => sha256(Buffer.from(publicHex, "hex")).subarray(0, 16).toString("hex");

// RFC 8410: what stands before the 32 bytes of an Ed25519 key.
const PRIVATE = Buffer.from("302e020100300506032b657004220420", "hex");
const PUBLIC = Buffer.from("302a300506032b6570032100", "hex");

export class SigningKey {
  constructor(seedHex) {
    this.key = createPrivateKey({
      key: Buffer.concat([PRIVATE, Buffer.from(seedHex, "hex")]),
      format: "der",
      type: "pkcs8",
    });
    const spki = createPublicKey(this.key).export({ format: "der", type: "spki" });
    this.publicHex = spki.subarray(PUBLIC.length).toString("hex");
    this.keyId = keyIdOf(this.publicHex);
  }

  sign(bytes) {
    return sign(null, bytes, this.key);
  }
}

export function isSignedBy(publicHex, bytes, signature) {
  try {
    const key = createPublicKey({
      key: Buffer.concat([PUBLIC, Buffer.from(publicHex, "hex")]),
      format: "der",
      type: "spki",
    });
    return verify(null, bytes, key, signature);
  } catch {
    return false;
  }
}

export const toBase64url = (bytes) => Buffer.from(bytes).toString("base64url");

// 2.1: only the one canonical spelling; null for every other.
export function fromBase64url(text) {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : null;
}
