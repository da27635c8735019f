// Checks every vector of the documents: node vectors.mjs DOCS_FOLDER
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { sha256 } from './src/bytes.mjs';
import { measure } from './src/clock.mjs';
import { readCode, same } from './src/code.mjs';
import { believed, possessed, requestProof } from './src/enrol.mjs';
import { Refusal } from './src/envelope.mjs';
import { holds, keyId, Signer } from './src/keys.mjs';
import { touchesQuiet, volumeAt } from './src/localtime.mjs';
import { Reader } from './src/reader.mjs';
import { Schemas } from './src/schemas.mjs';
import { followChain, readUpward } from './src/station.mjs';

const docs = process.argv[2];
if (!docs) {
  console.error('usage: node vectors.mjs DOCS_FOLDER');
  process.exit(2);
}
const vectors = JSON.parse(readFileSync(join(docs, 'vectors.json'), 'utf8'));
const schemas = new Schemas(docs);
const { reader: given, keys } = vectors;
const reader = new Reader({ station: given.station, device: given.device, rootKey: given.root_key, schemas });
const failed = [];
let checked = 0;

function check(name, expected, actual) {
  checked += 1;
  if (!isDeepStrictEqual(expected, actual)) failed.push({ name, expected, actual });
}

/** `ok`, or the code of the refusal. */
function outcome(work) {
  try {
    work();
    return 'ok';
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

function checkKeys() {
  for (const [name, key] of Object.entries(keys)) {
    const signer = new Signer(key.seed);
    check(`key ${name}`, [key.public, key.key_id], [signer.publicHex, keyId(key.public)]);
  }
}

function checkKeyrings() {
  for (const { name, keyring, held_serial: held, expect } of vectors.keyrings) {
    check(`keyring: ${name}`, expect, outcome(() => reader.keyring(keyring, held)));
  }
}

function checkMessages() {
  const held = reader.config(Buffer.from(given.config), 0, () => given.now_ms).keyring;
  const upward = { ...given, deviceKey: keys.device.public, deviceId: keys.device.key_id, schemas };
  for (const { name, topic, message, append, expect, payload } of vectors.messages) {
    const bytes = Buffer.from(message + (append ? append.text.repeat(append.times) : ''));
    const [channel, , word] = topic.split('/').slice(3);
    let read;
    const code = outcome(() => {
      if (channel === 'from') read = readUpward(word, bytes, upward);
      else if (channel === 'config') read = reader.config(bytes, held.serial, () => given.now_ms).payload;
      else read = reader.read(channel, bytes, { keyring: held, cluster: given.cluster, time: given.now_ms }).payload;
    });
    check(`message: ${name}`, [expect, payload], [code, payload && read]);
  }
}

function checkChains() {
  const { chains } = vectors;
  const known = { station: chains.station, device: chains.device, schemas };
  Object.assign(known, { deviceKey: keys.device.public, deviceId: keys.device.key_id });
  const genesis = sha256(`loa/1/${chains.station}/${chains.device}/${chains.epoch}`);
  check('chain: genesis', chains.genesis, genesis);
  check('chain: hashes', chains.hashes, chains.entries.map((text) => sha256(text)));
  const hash = (seq) => (seq === 0 ? genesis : chains.hashes[seq - 1]);
  const trust = { keyring: reader.keyring(vectors.keyrings[0].keyring, 0), cluster: null, time: given.now_ms };
  const { payload: receipt } = reader.read('to', Buffer.from(chains.receipt), trust);
  check('chain: receipt', [chains.epoch, hash(receipt.seq)], [receipt.epoch, receipt.chain]);
  for (const { name, batch, expect } of chains.batches) {
    check(`chain: ${name}`, expect, outcome(() => {
      const read = readUpward('confirm', Buffer.from(batch), known);
      const own = (seq) => (seq === 0 ? sha256(`loa/1/${read.station}/${read.device}/${read.epoch}`) : hash(seq));
      followChain(read, own, schemas);
    }));
  }
}

function checkTimes() {
  for (const one of vectors.times) {
    const { offset, uncertainty } = measure({
      asked: one.asked_monotonic_ms, answered: one.answered_monotonic_ms, at: one.at_ms, own: one.clock_ms,
    });
    check(`time: ${one.name}`, [one.offset_ms, one.uncertainty_ms], [offset, uncertainty]);
  }
  for (const one of vectors.quiet_hours) {
    check(`quiet hours: ${one.name}`, one.touches, touchesQuiet(one.quiet_hours, one.starts_at_ms, one.duration_ms));
  }
  for (const one of vectors.volumes) check(`volume: ${one.name}`, one.percent, volumeAt(one.volume, one.zone, one.at_ms));
}

function checkEnrolment() {
  const { enrolment } = vectors;
  const code = readCode(enrolment.code);
  const spelled = {
    secret: code.secret.toString('hex'), root_fingerprint: code.rootFingerprint, code_id: code.codeId,
    device_proof_key: code.deviceProofKey.toString('hex'), station_proof_key: code.stationProofKey.toString('hex'),
  };
  for (const [name, value] of Object.entries(spelled)) check(`enrolment: ${name}`, enrolment[name], value);
  check('enrolment: as typed', code, readCode(enrolment.code_as_typed));
  const proven = (body) => {
    const { device_key: key } = JSON.parse(body.request);
    const owned = holds(key, Buffer.from(possessed(body.code_id, body.request)), Buffer.from(body.possession, 'hex'));
    return owned && same(body.proof, requestProof(code, body));
  };
  check('enrolment: request', true, proven(enrolment.request));
  for (const [name, body] of Object.entries(enrolment.false_requests)) check(`enrolment: ${name}`, false, proven(body));
  for (const { body, expect, why } of enrolment.answers) {
    check(`enrolment: ${why ?? expect}`, expect, believed(code, enrolment.request, body, schemas)?.kind ?? 'none');
  }
}

for (const run of [checkKeys, checkKeyrings, checkMessages, checkChains, checkTimes, checkEnrolment]) run();
console.log(JSON.stringify({ checked, failed }, null, 2));
process.exit(failed.length > 0 ? 1 : 0);
