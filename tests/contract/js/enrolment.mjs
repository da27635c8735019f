// Section 21: codes and proofs. (The controller here is given its identity; vectors try these.)
import { createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";
import { isSignedBy, keyIdOf, sha256, sha256Hex } from "./bytes.mjs";
import { isValid } from "./envelope.mjs";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const hmac = (key, ...lines) => createHmac("sha256", key).update(lines.join("\n")).digest();

export function readCode(typed) {
  const letters = typed.replace(/[\s-]/g, "").toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1");
  if (letters.length !== 56 || [...letters].some((letter) => !ALPHABET.includes(letter))) return null;
  const number = [...letters].reduce((sum, letter) => (sum << 5n) | BigInt(ALPHABET.indexOf(letter)), 0n);
  const raw = Buffer.from(number.toString(16).padStart(70, "0"), "hex");
  const check = sha256(Buffer.concat([Buffer.from("loa/1/enrol/code"), raw.subarray(0, 32)]));
  if (!check.subarray(0, 3).equals(raw.subarray(32))) return null;
  return { secret: raw.subarray(0, 16), rootFingerprint: raw.subarray(16, 32).toString("hex") };
}

export function keysOf(secret) {
  return {
    codeId: hmac(secret, "loa/1/enrol/id").subarray(0, 16).toString("hex"),
    device: hmac(secret, "loa/1/enrol/device"),
    station: hmac(secret, "loa/1/enrol/station"),
  };
}

export const verifierOf = (password, saltHex) =>
  pbkdf2Sync(password, Buffer.from(saltHex, "hex"), 101, 64, "sha512").toString("hex");

export function requestOf(text, keys, deviceKey) {
  const possession = deviceKey.sign(Buffer.from(["loa/1/enrol/possession", keys.codeId, text].join("\n"))).toString("hex");
  const proof = hmac(keys.device, "loa/1/enrol/request", keys.codeId, text, possession).toString("hex");
  return { v: 1, code_id: keys.codeId, request: text, possession, proof };
}

export function isPossessed(request, publicHex) {
  const signed = ["loa/1/enrol/possession", request.code_id, request.request].join("\n");
  return isSignedBy(publicHex, Buffer.from(signed), Buffer.from(request.possession, "hex"));
}

// What an answer means to the device that asked: pending, enrolled, refused, or none at all.
export function meaningOf(body, { keys, requestText, devicePublic, rootFingerprint }) {
  if (!isValid("enrol-answer", body)) return "none";
  const proof = hmac(keys.station, "loa/1/enrol/answer", keys.codeId, sha256Hex(requestText), body.answer);
  if (!timingSafeEqual(proof, Buffer.from(body.proof, "hex"))) return "none";
  const answer = JSON.parse(body.answer);
  if (!isValid(`enrol-${answer.kind}`, answer)) return "none";
  if (answer.kind !== "enrolled") return answer.kind;
  const ours = answer.device_key === devicePublic && keyIdOf(answer.root_key) === rootFingerprint;
  return ours ? "enrolled" : "none";
}
