// Section 13.7: sent until the ledger's receipt, and again until then.
import { backoffMs } from "./backoff.mjs";
import { monotonicMs } from "./clock.mjs";

const GATHERED_MS = 100;
const WINDOW = 1000;
const BATCH_ENTRIES = 50;
const BATCH_BYTES = 160000;

export class Outbox {
  constructor({ journal, link, sealBatch, topic }) {
    Object.assign(this, { journal, link, sealBatch, topic });
    this.sent = journal.receipted;
    this.covered = journal.receipted;
    this.attempt = 0;
    this.retryAtMs = null;
    this.timer = null;
  }

  wake(afterMs = GATHERED_MS) {
    if (this.timer !== null && afterMs > 0 && this.timerAtMs <= monotonicMs() + afterMs) return;
    clearTimeout(this.timer);
    this.timerAtMs = monotonicMs() + afterMs;
    this.timer = setTimeout(() => this.#send(), afterMs);
  }

  // Nothing that was sent over the old connection counts.
  reconnected() {
    this.rewound();
  }

  rewound() {
    Object.assign(this, { sent: this.journal.receipted, covered: this.journal.receipted, attempt: 0, retryAtMs: null });
    this.wake(0);
  }

  #send() {
    this.timer = null;
    if (!this.link.isConnected) return;
    const { receipted, seq } = this.journal;
    if (receipted > this.covered) Object.assign(this, { covered: receipted, attempt: 0, retryAtMs: null });
    if (receipted >= seq) {
      Object.assign(this, { sent: seq, retryAtMs: null, attempt: 0 });
      return;
    }
    if (this.retryAtMs !== null && monotonicMs() >= this.retryAtMs) {
      Object.assign(this, { sent: receipted, attempt: this.attempt + 1, retryAtMs: null });
    }
    const from = Math.max(this.sent, receipted);
    const to = Math.min(seq, receipted + WINDOW);
    this.retryAtMs ??= monotonicMs() + backoffMs(this.attempt, 2000, 60000);
    for (const [first, entries] of batches(this.journal.entries, from, to)) {
      this.link.publish(this.topic, this.sealBatch(first, entries));
    }
    this.sent = Math.max(this.sent, to);
    this.wake(Math.max(1, this.retryAtMs - monotonicMs()));
  }
}

function* batches(all, from, to) {
  let [first, entries, size] = [from + 1, [], 0];
  for (let at = from; at < to; at += 1) {
    const length = Buffer.byteLength(JSON.stringify(all[at])) + 1;
    if (entries.length === BATCH_ENTRIES || (entries.length > 0 && size + length > BATCH_BYTES)) {
      yield [first, entries];
      [first, entries, size] = [at + 1, [], 0];
    }
    entries.push(all[at]);
    size += length;
  }
  if (entries.length > 0) yield [first, entries];
}
