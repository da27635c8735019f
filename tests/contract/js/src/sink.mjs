// The way out: a silent sink that counts samples in real time, by the monotonic clock alone.
export const RATE_HZ = 24_000;
export const SINK = 'silent';

export const samplesOf = (ms) => Math.round((ms * RATE_HZ) / 1000);
export const msOf = (samples) => (samples * 1000) / RATE_HZ;

/** One stretch of sound: `total` samples, the first of which leaves at the monotonic `from`. */
export class Stretch {
  constructor(from, total) {
    Object.assign(this, { from, total });
  }

  get until() {
    return this.from + msOf(this.total);
  }

  /** How many samples have left by then. */
  left(m) {
    return Math.max(0, Math.min(this.total, Math.floor(((m - this.from) * RATE_HZ) / 1000 + 0.001)));
  }

  /** What is stated of a stretch that was heard up to `samples`; nothing where none left (13.3). */
  counts(samples, clock) {
    if (samples <= 0) return {};
    const first = Math.round(clock.at(this.from) * 1000);
    return {
      first_sample_at_us: first,
      last_sample_at_us: first + Math.round(((samples - 1) * 1e6) / RATE_HZ),
      samples,
      sample_rate_hz: RATE_HZ,
      sink: SINK,
    };
  }
}
