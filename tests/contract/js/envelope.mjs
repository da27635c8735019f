// Section 2: sealing, and opening with every check in its order.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import { fromBase64url, isSignedBy, toBase64url } from "./bytes.mjs";

const MESSAGE_LIMIT_BYTES = 262144;

export class Refused extends Error {
  constructor(code, detail = "", version = undefined) {
    super(`${code} ${detail}`);
    this.code = code;
    this.version = version;
  }
}

const ajv = new Ajv2020({ strict: false, allErrors: false });
const validators = new Map();
let schemaFolder = null;

export function useContract(folder) {
  schemaFolder = join(folder, "schemas");
}

export function isValid(name, value) {
  if (!validators.has(name)) {
    validators.set(name, ajv.compile(JSON.parse(readFileSync(join(schemaFolder, `${name}.json`), "utf8"))));
  }
  return validators.get(name)(value);
}

export function seal(kind, payload, key) {
  const header = JSON.stringify({ alg: "EdDSA", kid: key.keyId, typ: `loa-${kind}` });
  const signed = `${toBase64url(header)}.${toBase64url(JSON.stringify({ kind, v: 1, ...payload }))}`;
  return `${signed}.${toBase64url(key.sign(Buffer.from(signed)))}`;
}

// 2.6 up to the schema. `trusted` gives a public key for a key id, or undefined.
export function open(message, kinds, trusted) {
  const { header, parts } = peek(message);
  const kind = kinds.find((each) => header.typ === `loa-${each}`);
  if (kind === undefined) throw new Refused("wrong_kind", header.typ);
  const publicKey = trusted(header.kid);
  if (publicKey === undefined) throw new Refused("wrong_key", header.kid);
  const signature = fromBase64url(parts[2]);
  if (signature === null) throw new Refused("malformed", "base64url");
  const signed = Buffer.from(`${parts[0]}.${parts[1]}`, "latin1");
  if (signature.length !== 64 || !isSignedBy(publicKey, signed, signature)) {
    throw new Refused("bad_signature", header.kid);
  }
  return { kind, keyId: header.kid, payload: payloadOf(parts[1], kind) };
}

// 3.2: what a configuration claims, before anything is verified.
export function unverifiedPayload(message, kind) {
  const text = textOf(message);
  const parts = text.split(".");
  if (parts.length !== 3) throw new Refused("malformed", "parts");
  return payloadOf(parts[1], kind);
}

function peek(message) {
  const parts = textOf(message).split(".");
  if (parts.length !== 3) throw new Refused("malformed", "parts");
  const header = jsonOf(fromBase64url(parts[0]));
  if (!isValid("jws-header", header)) throw new Refused("malformed", "header");
  return { header, parts };
}

function textOf(message) {
  if (message.length > MESSAGE_LIMIT_BYTES) throw new Refused("message_too_large");
  return Buffer.from(message).toString("latin1");
}

function payloadOf(part, kind) {
  const payload = jsonOf(fromBase64url(part));
  if (payload !== null && typeof payload === "object" && !Array.isArray(payload)) {
    payload.kind ??= kind;
  }
  if (!isValid(kind, payload)) throw new Refused("malformed", kind);
  for (const order of [payload.order, ...(payload.orders ?? [])]) {
    for (const item of typeof order === "object" ? (order?.items ?? []) : []) checkCues(item);
  }
  for (const warning of payload.warnings ?? []) checkCues(warning.item);
  return payload;
}

// 7.1: what a schema has no words for.
function checkCues(item) {
  let before = -1;
  for (const cue of item.cues ?? []) {
    if (cue.at_ms <= before || cue.at_ms >= item.duration_ms) throw new Refused("malformed", "cues");
    before = cue.at_ms;
  }
}

function jsonOf(bytes) {
  if (bytes === null) throw new Refused("malformed", "base64url");
  try {
    const value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    if (!isWellFormed(value)) throw new Refused("malformed", "surrogate");
    return value;
  } catch (error) {
    throw error instanceof Refused ? error : new Refused("malformed", "JSON");
  }
}

function isWellFormed(value) {
  if (typeof value === "string") return value.isWellFormed();
  if (value === null || typeof value !== "object") return true;
  return Object.entries(value).every(([key, each]) => key.isWellFormed() && isWellFormed(each));
}
