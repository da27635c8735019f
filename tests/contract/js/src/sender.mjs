// Sending confirmations until the station has given a receipt for them (13.5-13.8, 13.11).
import { Backoff } from './backoff.mjs';

const GATHER_MS = 100;
const AHEAD = 1_000;
const BATCH_ENTRIES = 50;
const BATCH_BYTES = 160_000;

export class Sender {
  #backoff = new Backoff(2_000, 60_000);
  #sent = 0; // the last entry on its way
  #gathering = null;
  #again = null;

  /** `send(payload)` publishes one batch; it goes nowhere without a connection. */
  constructor(journal, clock, { identity, ready, send }) {
    Object.assign(this, { journal, clock, identity, ready, send });
  }

  get receipted() {
    return this.journal.state.receipted;
  }

  get unreceipted() {
    return this.journal.last - this.receipted;
  }

  /** New entries: gathered for a moment. */
  written() {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = null;
      this.#flush();
    }, GATHER_MS);
  }

  /** After a connection, a resync, or a time without a receipt: all from the first that has none. */
  anew() {
    this.#sent = this.receipted;
    this.#flush();
  }

  #flush() {
    if (!this.ready()) return;
    const until = Math.min(this.journal.last, this.receipted + AHEAD);
    let from = Math.max(this.#sent + 1, this.receipted + 1, this.journal.first);
    while (from <= until) from = this.#batch(from, until);
    this.#sent = Math.max(this.#sent, from - 1);
    if (this.unreceipted > 0) this.#again ??= setTimeout(() => this.#overdue(), this.#backoff.next());
  }

  #overdue() {
    this.#again = null;
    if (this.unreceipted > 0) this.anew();
  }

  #batch(first, until) {
    const entries = [];
    let bytes = 0;
    for (let seq = first; seq <= until && entries.length < BATCH_ENTRIES; seq += 1) {
      const text = this.journal.text(seq);
      bytes += Buffer.byteLength(JSON.stringify(text)) + 1;
      if (entries.length > 0 && bytes > BATCH_BYTES) break;
      entries.push(text);
    }
    const { station, device } = this.identity;
    const { epoch } = this.journal.state;
    const head = { kind: 'confirm', v: 1, station, device, epoch, first };
    this.send({ ...head, entries, sent_at_ms: this.clock.now(), clock: this.clock.statement() });
    return first + entries.length;
  }

  /** False when the receipt is for what this journal does not hold. */
  receipt({ epoch, seq, chain }) {
    const { journal } = this;
    if (epoch !== journal.state.epoch || seq > journal.last) return false;
    const held = journal.hash(seq);
    if (held !== undefined && held !== chain) return false;
    if (held === undefined || seq <= this.receipted) return true;
    journal.receipted(seq);
    this.#backoff.reset();
    clearTimeout(this.#again);
    this.#again = null;
    this.#flush();
    return true;
  }

  /** What is above `after_seq` counts as not receipted, and is sent again. */
  resync({ epoch, after_seq: after }) {
    if (epoch !== this.journal.state.epoch || after > this.journal.last) return false;
    const from = Math.max(after, this.journal.first - 1);
    if (from < this.receipted) this.journal.commit([], { receipted: from });
    this.#backoff.reset();
    this.anew();
    return true;
  }
}
