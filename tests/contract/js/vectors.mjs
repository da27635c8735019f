// Reads every published vector and prints those that do not come out as they should, as JSON.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SigningKey, keyIdOf } from "./bytes.mjs";
import { checkBatch, entryHash, genesisOf } from "./chain.mjs";
import { offsetOf } from "./clock.mjs";
import { isPossessed, keysOf, meaningOf, readCode, requestOf, verifierOf } from "./enrolment.mjs";
import { open, Refused, useContract } from "./envelope.mjs";
import { loudestPercent, touchesQuietHours } from "./quiet.mjs";
import { NOBODY, openConfig, openForCluster, openKeyring, openToDevice } from "./trust.mjs";

const folder = process.argv[2];
useContract(folder);
const vectors = JSON.parse(readFileSync(join(folder, "vectors.json"), "utf8"));
const { station, cluster, device, root_key: root, now_ms: knownMs } = vectors.reader;
const held = openConfig(Buffer.from(vectors.reader.config), { station, device, root, held: NOBODY, knownMs }).trust;
const deviceKey = vectors.keys.device;
const wrong = [];
let tried = 0;

function expect(name, found, expected) {
  tried += 1;
  const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
  if (a !== b) wrong.push({ name, found, expected });
}

function codeOf(reading) {
  try {
    reading();
    return "ok";
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
}

const upward = (kind, message) => {
  const trusted = (id) => (id === deviceKey.key_id ? deviceKey.public : undefined);
  const { payload } = open(message, [kind], trusted);
  if (payload.station !== station || payload.device !== device) throw new Refused("wrong_address");
  return payload;
};

function read(topic, message) {
  const [, , , branch, , what] = topic.split("/");
  const address = { station, cluster, device, trust: held, knownMs };
  if (branch === "plan" || branch === "now") return openForCluster(branch, message, address).payload;
  if (branch === "config") return openConfig(message, { station, device, root, held, knownMs }).config;
  if (branch === "to") return openToDevice(message, address).payload;
  return upward(what, message);
}

for (const each of vectors.messages) {
  const more = each.append ? each.append.text.repeat(each.append.times) : "";
  const message = Buffer.from(each.message + more);
  expect(each.name, codeOf(() => read(each.topic, message)), each.expect);
  if (each.expect === "ok") expect(`${each.name}: payload`, read(each.topic, message), each.payload);
}
for (const each of vectors.keyrings) {
  const found = codeOf(() => {
    if (openKeyring(each.keyring, { station, root }).serial < each.held_serial) throw new Refused("rolled_back");
  });
  expect(`keyring ${each.name}`, found, each.expect);
}
for (const [name, key] of Object.entries(vectors.keys)) {
  const made = new SigningKey(key.seed);
  expect(`key ${name}`, [made.publicHex, made.keyId, keyIdOf(key.public)], [key.public, key.key_id, key.key_id]);
}
const { chains } = vectors;
expect("genesis", genesisOf(chains), chains.genesis);
expect("hashes", chains.entries.map(entryHash), chains.hashes);
for (const each of chains.batches) {
  expect(`batch ${each.name}`, codeOf(() => checkBatch(upward("confirm", Buffer.from(each.batch)))), each.expect);
}
for (const each of vectors.times) {
  const found = offsetOf({
    askedMs: each.asked_monotonic_ms,
    heardMs: each.answered_monotonic_ms,
    atMs: each.at_ms,
    clockMs: each.clock_ms,
  });
  expect(`time: ${each.name}`, found, { offsetMs: each.offset_ms, uncertaintyMs: each.uncertainty_ms });
}
for (const each of vectors.quiet_hours) {
  expect(`quiet: ${each.name}`, touchesQuietHours(each.quiet_hours, each.starts_at_ms, each.duration_ms), each.touches);
}
for (const each of vectors.volumes) {
  expect(`volume: ${each.name}`, loudestPercent(each.volume, each.zone, each.at_ms), each.percent);
}
const told = vectors.enrolment;
const code = readCode(told.code_as_typed);
const keys = keysOf(code.secret);
expect("code", [code.secret.toString("hex"), code.rootFingerprint], [told.secret, told.root_fingerprint]);
expect("code as shown", readCode(told.code), code);
expect("a mistyped code", readCode(told.code.replace(/.$/, (last) => (last === "0" ? "2" : "0"))), null);
expect("code keys", [keys.codeId, keys.device.toString("hex"), keys.station.toString("hex")], [told.code_id, told.device_proof_key, told.station_proof_key]);
expect("request", requestOf(told.request.request, keys, new SigningKey(deviceKey.seed)), told.request);
expect("possession", isPossessed(told.request, deviceKey.public), true);
const wish = JSON.parse(told.request.request);
expect("verifier", verifierOf(told.password, wish.broker_salt), wish.broker_verifier);
for (const each of told.answers) {
  const found = meaningOf(each.body, {
    keys,
    requestText: told.request.request,
    devicePublic: deviceKey.public,
    rootFingerprint: code.rootFingerprint,
  });
  expect(`answer ${each.status} ${each.why ?? ""}`, found, each.expect);
}
console.log(JSON.stringify({ tried, wrong }));
