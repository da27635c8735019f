// Gathers the microphone's samples into tenths of a second: 16 bits, and how loud they were.
const PIECE_S = 0.1;

class Gatherer extends AudioWorkletProcessor {
  constructor() {
    super();
    this.piece = new Int16Array(Math.round(sampleRate * PIECE_S));
    this.held = 0;
    this.sum = 0;
  }

  process([input]) {
    const samples = input[0];
    if (!samples) return true;
    for (const sample of samples) {
      const bounded = Math.max(-1, Math.min(1, sample));
      this.piece[this.held++] = Math.round(bounded * 32767);
      this.sum += bounded * bounded;
      if (this.held === this.piece.length) this.hand();
    }
    return true;
  }

  hand() {
    const level = Math.sqrt(this.sum / this.held);
    const samples = this.piece.buffer;
    this.port.postMessage({ samples, level }, [samples]);
    this.piece = new Int16Array(Math.round(sampleRate * PIECE_S));
    this.held = 0;
    this.sum = 0;
  }
}

registerProcessor("gatherer", Gatherer);
