// What time it is, whether to believe it, and the floor below which it never runs (6).
import { readFileSync, readdirSync } from 'node:fs';
import { randomHex } from './bytes.mjs';

const DRIFT = 50e-6;
const USED_WITHIN_MS = 10_000;

export const mono = () => Number(process.hrtime.bigint()) / 1e6;

/** Offset and uncertainty of one answer; all in ms, monotonic but for the two clocks. */
export function measure({ asked, answered, at, own }) {
  const roundTrip = answered - asked;
  return { offset: Math.round(at + roundTrip / 2 - own), uncertainty: Math.ceil(roundTrip / 2 + 1) };
}

export class Clock {
  source = 'none';
  #held = null; // the answer in force: { offset, uncertainty, m }
  #questions = new Map(); // nonce → monotonic
  #floor;
  #wallAtStart = Date.now();
  #monoAtStart = mono();

  /** `saved`: `{ floor, kernel }` of an earlier run, or null. */
  constructor(saved) {
    this.kernel = kernelBoot();
    this.#floor = { at: saved?.floor ?? 0, m: mono() };
    // The operating system's clock ran on while this program did not, or a hardware clock set it.
    const ranOn = clockOnBoard() || (saved?.kernel && saved.kernel === this.kernel);
    if (ranOn && this.#own() >= this.#floor.at) this.source = 'rtc';
  }

  get believed() {
    return this.source !== 'none';
  }

  get floor() {
    return this.#floor.at;
  }

  /** Own clock, in whole ms where it is told; steps of the system's clock do not move it. */
  #own(m = mono()) {
    return this.#wallAtStart + (m - this.#monoAtStart);
  }

  /** The time at a monotonic instant, in ms with fractions. */
  at(m) {
    const corrected = this.#own(m) + (this.#held?.offset ?? 0);
    return Math.max(corrected, this.#floor.at + (m - this.#floor.m));
  }

  now() {
    return Math.floor(this.at(mono()));
  }

  /** The monotonic instant of a time. */
  monoOf(time) {
    const m = mono();
    return m + (time - this.at(m));
  }

  /** T: the best knowledge of the time (6.1). */
  best() {
    return this.believed ? this.now() : this.#floor.at;
  }

  /** T where the validity of keys is concerned (3.4); with a newer keyring its instant is the floor. */
  forKeys(keyring = null) {
    const floor = keyring ? keyring.issuedAt : this.#floor.at;
    if (this.source !== 'station') return floor;
    return keyring ? Math.max(floor, Math.floor(this.#own() + this.#held.offset)) : this.now();
  }

  ask() {
    const nonce = randomHex(16);
    const m = mono();
    for (const [old, asked] of this.#questions) if (m - asked > USED_WITHIN_MS) this.#questions.delete(old);
    this.#questions.set(nonce, m);
    return { nonce, at: this.now() };
  }

  /** Takes an answer; false when nobody asked for it (in time). */
  answer(nonce, at) {
    const asked = this.#questions.get(nonce);
    const m = mono();
    this.#questions.delete(nonce);
    if (asked === undefined || m - asked > USED_WITHIN_MS) return false;
    const fresh = { ...measure({ asked, answered: m, at, own: this.#own(m) }), m };
    const grown = this.#uncertainty(m);
    const apart = Math.abs(fresh.offset - (this.#held?.offset ?? 0));
    if (!this.#held || fresh.uncertainty < grown || apart > fresh.uncertainty + grown) this.#held = fresh;
    this.source = 'station';
    this.raiseFloor(at);
    return true;
  }

  raiseFloor(at) {
    if (at > this.#floor.at) this.#floor = { at, m: mono() };
  }

  /** The root's word, even where it is lower (6.3). */
  setFloor(at) {
    this.#floor = { at, m: mono() };
  }

  #uncertainty(m) {
    return this.#held ? this.#held.uncertainty + (m - this.#held.m) * DRIFT : Infinity;
  }

  statement() {
    const held = this.#held;
    return {
      offset_ms: held ? held.offset : null,
      uncertainty_ms: held ? Math.ceil(this.#uncertainty(mono())) : null,
      source: this.source,
    };
  }
}

function kernelBoot() {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}

/** Whether a hardware clock with its own battery set the system's clock at the start. */
function clockOnBoard() {
  try {
    const clocks = readdirSync('/sys/class/rtc');
    return clocks.some((one) => readFileSync(`/sys/class/rtc/${one}/hctosys`, 'utf8').trim() === '1');
  } catch {
    return false;
  }
}
