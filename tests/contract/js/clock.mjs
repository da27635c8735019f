// Section 6: whether this device believes its time, and what time it is.
const AGEING = 50e-6;
const USED_WITHIN_MS = 10000;

export function offsetOf({ askedMs, heardMs, atMs, clockMs }) {
  const half = (heardMs - askedMs) / 2;
  return { offsetMs: atMs + half - clockMs, uncertaintyMs: half + 1 };
}

export const monotonicMs = () => performance.now();

export class StationClock {
  #answer = null;
  #floorMs;
  #floorLearnedMs = monotonicMs();

  constructor(floorMs) {
    this.#floorMs = floorMs;
  }

  get isBelieved() {
    return this.#answer !== null;
  }

  get floorMs() {
    return this.#floorMs;
  }

  // The larger of the corrected clock, and the floor plus what has passed since (6.3).
  now() {
    const corrected = performance.timeOrigin + performance.now() + (this.#answer?.applied ?? 0);
    return Math.max(corrected, this.#floorMs + monotonicMs() - this.#floorLearnedMs);
  }

  nowMs() {
    return Math.floor(this.now());
  }

  // T: the believed time, else the floor (6.1).
  knownMs() {
    return this.isBelieved ? this.nowMs() : this.#floorMs;
  }

  heard(atMs) {
    if (atMs > this.#floorMs) this.setFloor(atMs);
  }

  // The root takes a floor back (6.3).
  setFloor(atMs) {
    this.#floorMs = atMs;
    this.#floorLearnedMs = monotonicMs();
  }

  answered({ askedMs, atMs }) {
    const heardMs = monotonicMs();
    if (heardMs - askedMs > USED_WITHIN_MS) return false;
    const clockMs = performance.timeOrigin + heardMs;
    const made = { ...offsetOf({ askedMs, heardMs, atMs, clockMs }), heardMs };
    const heldUncertainty = this.#uncertainty();
    const contradicts = this.#answer && Math.abs(made.offsetMs - this.#answer.offsetMs) > made.uncertaintyMs + heldUncertainty;
    if (!this.#answer || contradicts || made.uncertaintyMs <= heldUncertainty) {
      // No larger than its uncertainty, it may be left unapplied (6.2).
      made.applied = Math.abs(made.offsetMs) > made.uncertaintyMs ? made.offsetMs : 0;
      this.#answer = made;
    }
    this.heard(atMs);
    return true;
  }

  statement() {
    if (!this.#answer) return { source: "none" };
    return {
      offset_ms: Math.round(this.#answer.offsetMs),
      uncertainty_ms: Math.ceil(this.#uncertainty()),
      source: "station",
    };
  }

  #uncertainty() {
    if (!this.#answer) return Infinity;
    return this.#answer.uncertaintyMs + (monotonicMs() - this.#answer.heardMs) * AGEING;
  }
}
