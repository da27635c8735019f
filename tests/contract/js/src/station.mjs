// What a station checks in what a device says (13.6); only the vectors need it here.
import { fromJson, isObject, sha256 } from './bytes.mjs';
import { Refusal, unfold, verified } from './envelope.mjs';

/** A message of a device, read with the key that the station knows from enrolment. */
export function readUpward(channel, message, { station, device, deviceKey, deviceId, schemas }) {
  const unfolded = unfold(message, [channel]);
  const payload = verified(unfolded, unfolded.kid === deviceId ? deviceKey : null, schemas);
  if (payload.station !== station || payload.device !== device) throw new Refusal('wrong_address');
  return payload;
}

/** Entries of a batch follow each other, and what is held before them (`hash` of entry `seq`). */
export function followChain({ first, entries }, hash, schemas) {
  let seq = first;
  let prev = hash(first - 1);
  for (const text of entries) {
    const entry = fromJson(Buffer.from(text));
    if (!isObject(entry) || !schemas.valid('confirmation', entry)) throw new Refusal('malformed');
    if (entry.seq !== seq || entry.prev !== prev) throw new Refusal('broken_chain');
    prev = sha256(text);
    seq += 1;
  }
}
