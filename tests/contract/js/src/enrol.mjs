// What a device asks with to be enrolled, and which answers it believes (21.3-21.5).
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { base64url, isObject, randomHex, sha256 } from './bytes.mjs';
import { hmac, same } from './code.mjs';
import { keyId, Signer } from './keys.mjs';

const verifierOf = (password, salt) => pbkdf2Sync(password, Buffer.from(salt, 'hex'), 101, 64, 'sha512').toString('hex');

/** The text that the device signs with its key. */
export const possessed = (codeId, request) => `loa/1/enrol/possession\n${codeId}\n${request}`;

/** The proof of a request by the code. */
export const requestProof = (code, { request, possession }) =>
  hmac(code.deviceProofKey, `loa/1/enrol/request\n${code.codeId}\n${request}\n${possession}`);

/** A new key, password and request; to be stored before it is sent, and repeated exactly. */
export function makeWish(code, { software, hardware = '' }) {
  const seed = randomHex(32);
  const signer = new Signer(seed);
  const password = base64url(randomBytes(32));
  const salt = randomHex(12);
  const request = JSON.stringify({
    kind: 'enrol', device_key: signer.publicHex, nonce: randomHex(16), broker_salt: salt,
    broker_verifier: verifierOf(password, salt), software, hardware,
  });
  const possession = signer.sign(possessed(code.codeId, request)).toString('hex');
  const body = { v: 1, code_id: code.codeId, request, possession };
  body.proof = requestProof(code, body).toString('hex');
  return { seed, password, body, fingerprint: signer.id, asked_at: Date.now() };
}

/**
 * The answer text as an object if the station proved it for this very request, and it is one by its
 * schema; otherwise null, which is no answer at all.
 */
export function believed(code, body, answer, schemas) {
  if (!isObject(answer) || !schemas.valid('enrol-answer', answer)) return null;
  const text = `loa/1/enrol/answer\n${code.codeId}\n${sha256(body.request)}\n${answer.answer}`;
  if (!same(answer.proof, hmac(code.stationProofKey, text))) return null;
  let said;
  try {
    said = JSON.parse(answer.answer);
  } catch {
    return null;
  }
  if (!isObject(said) || !schemas.valid(`enrol-${said.kind}`, said)) return null;
  if (said.kind !== 'enrolled') return said;
  const { device_key: ours } = JSON.parse(body.request);
  return said.device_key === ours && keyId(said.root_key) === code.rootFingerprint ? said : null;
}

/** The identity of 5.1 out of a believed `enrolled`. */
export function identityOf(said, { seed, password }) {
  const { station, device, root_key, broker_url, broker_username, station_url, ca_pem = null, rehearsal = false } = said;
  return {
    station, device, device_key: seed, root_key, broker_url, broker_username, broker_password: password,
    station_url, ca_pem, rehearsal,
  };
}
