// The envelope: sealing a payload as compact JWS, and opening one in the order of checks (2.6).
import { base64url, fromBase64url, fromJson, isObject } from './bytes.mjs';
import { holds } from './keys.mjs';

export const LIMIT = 262_144;

/** Why a message is refused; `payload` where the signature held. */
export class Refusal extends Error {
  constructor(code, payload = null) {
    super(code);
    this.code = code;
    this.payload = payload;
  }
}

export function seal(signer, kind, payload) {
  const header = base64url(JSON.stringify({ alg: 'EdDSA', kid: signer.id, typ: `loa-${kind}` }));
  const signed = `${header}.${base64url(JSON.stringify(payload))}`;
  return `${signed}.${base64url(signer.sign(signed))}`;
}

/** The parts of a message whose header is good and whose kind is one of `kinds`. */
export function unfold(message, kinds) {
  if (message.length > LIMIT) throw new Refusal('message_too_large');
  const parts = message.toString('latin1').split('.');
  const header = parts.length === 3 ? fromJson(fromBase64url(parts[0]) ?? Buffer.alloc(0)) : undefined;
  const members = isObject(header) ? Object.keys(header).sort().join() : '';
  if (members !== 'alg,kid,typ' || header.alg !== 'EdDSA') throw new Refusal('malformed');
  if (typeof header.kid !== 'string' || typeof header.typ !== 'string') throw new Refusal('malformed');
  const kind = kinds.find((one) => header.typ === `loa-${one}`);
  if (!kind) throw new Refusal('wrong_kind');
  return { kind, kid: header.kid, parts };
}

/** The payload of an unfolded message, verified with `publicHex` (none: nobody trusts its key). */
export function verified({ kind, parts }, publicHex, schemas) {
  if (!publicHex) throw new Refusal('wrong_key');
  const signature = fromBase64url(parts[2]);
  if (!signature) throw new Refusal('malformed');
  if (!holds(publicHex, Buffer.from(`${parts[0]}.${parts[1]}`, 'latin1'), signature)) {
    throw new Refusal('bad_signature');
  }
  const payload = unverified(parts);
  if (!isObject(payload) || !schemas.valid(kind, payload)) throw new Refusal('malformed');
  return payload;
}

/** What a payload says before anybody verified it; undefined where it says nothing. */
export function unverified(parts) {
  const bytes = fromBase64url(parts[1]);
  return bytes ? fromJson(bytes) : undefined;
}
