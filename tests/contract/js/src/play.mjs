// One order on its way through the sink: tone, bridge, message; its parts, boundaries and counts.
import { mono } from './clock.mjs';
import { msOf, samplesOf, SINK, Stretch } from './sink.mjs';

const PAUSE_MS = 3_000;

export class Play {
  stage = 'waiting'; // then tone, bridge, message
  committed = false; // `started` or `resumed` is on the disk
  position = 0; // samples of the order before the present stretch
  stretch = null;
  #next = 0; // the next part to be told
  #boundary = 0; // the next end of an item to be looked at

  constructor(target) {
    this.target = target;
    this.total = samplesOf(target.length);
    this.parts = [];
    this.boundaries = [];
    let at = 0;
    target.order.items.forEach((one, item) => {
      const cues = one.cues ?? [];
      if (one.duration_ms > 0 && cues[0]?.at_ms !== 0) this.parts.push({ at: samplesOf(at), item });
      cues.forEach((cue, number) => this.parts.push({ at: samplesOf(at + cue.at_ms), item, cue: number }));
      at += one.duration_ms;
      this.boundaries.push(samplesOf(at));
    });
    this.boundaries.pop(); // the last one is the end
  }

  get about() {
    return { order: this.target.order.id, repeat: this.target.order.repeat };
  }

  sound(m) {
    this.stage = 'tone';
    this.stretch = new Stretch(m, samplesOf(this.target.tone));
  }

  /** A repetition of a warning (or of the tone) until the message is there, and the pause behind it. */
  bridge(m, length) {
    this.stage = 'bridge';
    this.stretch = new Stretch(m, samplesOf(length));
  }

  get bridgeAgain() {
    return this.stretch.until + PAUSE_MS;
  }

  /** The message from `position` on; what lies before was heard already, or never will be. */
  begin(m, position) {
    this.stage = 'message';
    this.position = position;
    this.stretch = new Stretch(m, this.total - position);
    while (this.#next < this.parts.length && this.parts[this.#next].at < position) this.#next += 1;
    while (this.#boundary < this.boundaries.length && this.boundaries[this.#boundary] <= position) this.#boundary += 1;
  }

  get sounding() {
    return this.stage === 'message';
  }

  /** The monotonic instant of a sample of the order. */
  instant(sample) {
    return this.stretch.from + msOf(sample - this.position);
  }

  /** `item_started` for all parts whose first sample has left before `m`. */
  tell(m, clock) {
    const drafts = [];
    const heard = this.position + this.stretch.left(m);
    while (this.#next < this.parts.length && this.parts[this.#next].at < heard) {
      const { at, item, cue } = this.parts[this.#next];
      const left = Math.round(clock.at(this.instant(at)) * 1000);
      drafts.push({ kind: 'item_started', ...this.about, item, cue, first_sample_at_us: left, sink: SINK });
      this.#next += 1;
    }
    return drafts;
  }

  /** The end of an item (its sample) that has passed and was not looked at yet; null: none. */
  boundary(m) {
    const at = this.boundaries[this.#boundary];
    if (at === undefined || this.instant(at) > m) return null;
    this.#boundary += 1;
    return at;
  }

  /** What an end says: counts, and unless it was whole the last part that had begun. */
  said(m, clock, { whole = false } = {}) {
    if (!this.sounding) return {};
    const samples = this.stretch.left(m);
    const counts = this.stretch.counts(samples, clock);
    if (whole || samples === 0) return counts;
    const last = this.parts.findLast((part) => part.at < this.position + samples);
    return { ...counts, item: last?.item, cue: last?.cue };
  }

  heardBy(m) {
    return this.position + (this.sounding ? this.stretch.left(m) : 0);
  }

  /** Monotonic instants at which something is to be done. */
  *events() {
    if (this.stage === 'bridge' && mono() >= this.stretch.until) yield this.bridgeAgain;
    else yield this.stretch.until;
    if (!this.sounding) return;
    const part = this.parts[this.#next];
    if (part) yield this.instant(part.at) + 1;
    const boundary = this.boundaries[this.#boundary];
    if (boundary !== undefined) yield this.instant(boundary);
  }
}
