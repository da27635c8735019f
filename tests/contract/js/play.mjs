// Section 9: one order on a silent sink that lets `duration_ms` pass in real time (8.5).
import { monotonicMs } from "./clock.mjs";

const RATE_HZ = 8000;
export const SINK = { sink: "silent", simulated: true };

export const lengthOf = (order) => order.items.reduce((sum, item) => sum + item.duration_ms, 0);

// Where each item begins in the order's sound, and where each of its parts does (13.3).
function partsOf(order) {
  let at = 0;
  return order.items.flatMap((item, number) => {
    const begins = at;
    at += item.duration_ms;
    const cues = (item.cues ?? []).map((cue, index) => ({ atMs: begins + cue.at_ms, item: number, cue: index }));
    const whole = { atMs: begins, item: number, cue: undefined, isItem: true };
    return cues[0]?.atMs === begins ? [{ ...cues[0], isItem: true }, ...cues.slice(1)] : [whole, ...cues];
  });
}

export class Stretch {
  // Sound of one order from `positionMs` on, beginning now; `beganAtUs` is that instant.
  constructor(order, { positionMs, nowUs, onPart, onBoundary, onEnd }) {
    Object.assign(this, { order, positionMs, onEnd });
    this.beganMs = monotonicMs();
    this.beganAtUs = nowUs();
    this.part = null;
    this.timers = [];
    for (const part of partsOf(order)) {
      if (part.atMs < positionMs) {
        if (part.cue === undefined || this.part === null) this.part = part;
        continue;
      }
      this.#at(part.atMs, () => {
        if (part.isItem && part.atMs > positionMs && onBoundary(part.atMs)) return;
        this.part = part;
        onPart({ item: part.item, cue: part.cue, first_sample_at_us: this.#atUs(part.atMs) });
      });
    }
    this.lengthMs = lengthOf(order);
    this.#at(this.lengthMs, () => this.end(this.lengthMs));
  }

  // End here, or where the sound has come to; returns what left the device (13.3, counts).
  end(positionMs = Math.min(this.lengthMs, this.positionMs + monotonicMs() - this.beganMs)) {
    this.timers.forEach(clearTimeout);
    const samples = Math.floor(((positionMs - this.positionMs) * RATE_HZ) / 1000);
    this.reachedMs = positionMs;
    const counts = {
      first_sample_at_us: this.beganAtUs,
      last_sample_at_us: this.#atUs(positionMs),
      samples,
      sample_rate_hz: RATE_HZ,
      ...SINK,
    };
    if (positionMs >= this.lengthMs) this.onEnd(counts);
    return counts;
  }

  get reached() {
    return { item: this.part?.item, cue: this.part?.cue };
  }

  #atUs(positionMs) {
    return Math.round(this.beganAtUs + (positionMs - this.positionMs) * 1000);
  }

  #at(positionMs, then) {
    this.timers.push(setTimeout(then, Math.max(0, this.beganMs + positionMs - this.positionMs - monotonicMs())));
  }
}
