// Waiting after failures: random, growing, capped (19).
export class Backoff {
  #failed = 0;

  constructor(firstMs, capMs) {
    Object.assign(this, { firstMs, capMs });
  }

  /** How long to wait after one more failure. */
  next() {
    const most = Math.min(this.capMs, this.firstMs * 2 ** Math.min(this.#failed, 30));
    this.#failed += 1;
    return most * (0.5 + Math.random() / 2);
  }

  reset() {
    this.#failed = 0;
  }
}
