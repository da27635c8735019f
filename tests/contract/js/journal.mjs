// Section 13: one append-only file. A line is one durable step: entries, and marks that go with them.
import { closeSync, existsSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { entryHash, genesisOf } from "./chain.mjs";

export const keyOf = (order, repeat = 0) => `${order}#${repeat ?? 0}`;
const ENDS = new Set(["finished", "stopped", "failed", "skipped"]);

export class Journal {
  constructor(folder, { station, device }) {
    this.marks = {};
    this.entries = [];
    this.said = new Map();
    this.lastKind = new Map();
    this.path = join(folder, "journal.jsonl");
    const lines = this.#wholeLines();
    this.file = openSync(this.path, "a");
    for (const line of lines) this.#take(JSON.parse(line));
    if (this.marks.epoch === undefined) {
      this.step([], { epoch: randomBytes(16).toString("hex") });
      const parent = openSync(dirname(this.path), "r");
      fsyncSync(parent);
      closeSync(parent);
    }
    this.genesis = genesisOf({ station, device, epoch: this.marks.epoch });
    this.receipted = this.marks.receipted ?? 0;
  }

  get seq() {
    return this.entries.length;
  }

  get head() {
    return this.seq === 0 ? this.genesis : entryHash(this.entries[this.seq - 1]);
  }

  // Write statements and marks in one forced step; what was said stands on the disk when it returns.
  step(statements, marks = {}) {
    let [seq, prev] = [this.seq, this.genesis === undefined ? "" : this.head];
    const entries = statements.map((statement) => {
      seq += 1;
      const entry = JSON.stringify({ seq, prev, ...withoutDefaults(statement) });
      prev = entryHash(entry);
      return entry;
    });
    writeSync(this.file, `${JSON.stringify({ entries, marks })}\n`);
    fsyncSync(this.file);
    this.#take({ entries, marks });
  }

  // A receipt that is lost only means sending once more: not forced.
  receipt(seq) {
    this.receipted = Math.max(this.receipted, seq);
    writeSync(this.file, `${JSON.stringify({ entries: [], marks: { receipted: this.receipted } })}\n`);
  }

  rewind(seq) {
    this.receipted = Math.min(this.receipted, seq);
  }

  hasSaid(order, repeat, kind, code) {
    return this.said.get(keyOf(order, repeat))?.has(`${kind}:${code ?? ""}`) ?? false;
  }

  knows(order, repeat) {
    return this.said.has(keyOf(order, repeat));
  }

  // Begun or ended: it never begins (again).
  isSettled(order, repeat) {
    const said = [...(this.said.get(keyOf(order, repeat)) ?? [])].map((each) => each.split(":")[0]);
    return said.some((kind) => kind === "started" || ENDS.has(kind));
  }

  hasEnded(order, repeat) {
    return ENDS.has(this.lastKind.get(keyOf(order, repeat)));
  }

  // Begun, and without an end (9.8); a cut is one there.
  interrupted() {
    const begun = (kind) => ["started", "item_started", "resumed"].includes(kind);
    return [...this.lastKind].filter(([, kind]) => begun(kind)).map(([key]) => key);
  }

  #take({ entries, marks }) {
    Object.assign(this.marks, marks);
    for (const entry of entries) {
      this.entries.push(entry);
      const { order, repeat, kind, code, plan_version: version } = JSON.parse(entry);
      const key = order === undefined ? `plan:${version}` : keyOf(order, repeat);
      if (!this.said.has(key)) this.said.set(key, new Set());
      this.said.get(key).add(`${kind}:${code ?? ""}`);
      const moves = order !== undefined && !["rejected", "received", "cached"].includes(kind);
      if (moves) this.lastKind.set(key, kind);
    }
  }

  // A torn end after a power cut is cut off to the last whole line (13.4).
  #wholeLines() {
    if (!existsSync(this.path)) return [];
    const bytes = readFileSync(this.path);
    const whole = bytes.lastIndexOf(0x0a) + 1;
    if (whole < bytes.length) {
      const file = openSync(this.path, "r+");
      ftruncateSync(file, whole);
      fsyncSync(file);
      closeSync(file);
    }
    return bytes.subarray(0, whole).toString("utf8").split("\n").filter((line) => line !== "");
  }
}

function withoutDefaults(statement) {
  const kept = Object.entries(statement).filter(
    ([member, value]) =>
      value !== undefined && value !== null && value !== false && !(member === "repeat" && value === 0),
  );
  return Object.fromEntries(kept);
}
