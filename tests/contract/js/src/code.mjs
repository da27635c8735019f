// The enrolment code: its letters, what is in it, and the keys that come from it (21.1, 21.2).
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const BYTES = 35;
const LETTERS = 56;

export class BadCode extends Error {}

/** The 35 bytes of a code as somebody typed it. */
function decode(text) {
  const letters = text.replace(/[-\s]/g, '').toUpperCase().replaceAll('O', '0').replace(/[IL]/g, '1');
  if (letters.length !== LETTERS) throw new BadCode('a code has 56 characters');
  let value = 0n;
  for (const letter of letters) {
    const digit = ALPHABET.indexOf(letter);
    if (digit < 0) throw new BadCode(`no character of a code: ${letter}`);
    value = value * 32n + BigInt(digit);
  }
  return Buffer.from(value.toString(16).padStart(BYTES * 2, '0'), 'hex');
}

export const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

/** Compares in the same time whatever it compares. */
export const same = (hex, bytes) => timingSafeEqual(createHash('sha256').update(hex).digest(),
  createHash('sha256').update(bytes.toString('hex')).digest());

/** What a typed code holds; BadCode before anything is sent. */
export function readCode(text) {
  const bytes = decode(text);
  const check = createHash('sha256').update('loa/1/enrol/code').update(bytes.subarray(0, 32)).digest();
  if (!check.subarray(0, 3).equals(bytes.subarray(32))) throw new BadCode('the check of the code is wrong');
  const secret = bytes.subarray(0, 16);
  return {
    secret,
    rootFingerprint: bytes.subarray(16, 32).toString('hex'),
    codeId: hmac(secret, 'loa/1/enrol/id').subarray(0, 16).toString('hex'),
    deviceProofKey: hmac(secret, 'loa/1/enrol/device'),
    stationProofKey: hmac(secret, 'loa/1/enrol/station'),
  };
}
