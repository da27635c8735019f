// A durable log: one file of checksummed lines, each whole on the disk or not there at all.
import * as fs from 'node:fs';
import { dirname } from 'node:path';
import { sha256 } from './bytes.mjs';

const line = (record) => {
  const text = JSON.stringify(record);
  return Buffer.from(`${sha256(text).slice(0, 16)} ${text}\n`);
};

export class BrokenLog extends Error {}

export class Log {
  #file;
  size = 0;

  constructor(path) {
    this.path = path;
  }

  /** Hands each whole record to `take`; cuts a torn end off. BrokenLog: damage before the end. */
  open(take) {
    const bytes = fs.existsSync(this.path) ? fs.readFileSync(this.path) : Buffer.alloc(0);
    let from = 0;
    while (from < bytes.length) {
      const end = bytes.indexOf(0x0a, from);
      const text = end < 0 ? '' : bytes.toString('utf8', from + 17, end);
      if (end < 0 || sha256(text).slice(0, 16) !== bytes.toString('latin1', from, from + 16)) break;
      take(JSON.parse(text));
      from = end + 1;
    }
    const next = bytes.indexOf(0x0a, from);
    if (from < bytes.length && next >= 0 && next + 1 < bytes.length) throw new BrokenLog(this.path);
    this.#file = fs.openSync(this.path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
    fs.ftruncateSync(this.#file, from);
    fs.fsyncSync(this.#file);
    syncFolder(this.path);
    this.size = from;
  }

  /** Writes a record behind the others; forced to the disk unless it may be lost. */
  append(record, { force = true } = {}) {
    const bytes = line(record);
    try {
      let written = 0;
      while (written < bytes.length) {
        written += fs.writeSync(this.#file, bytes, written, bytes.length - written, this.size + written);
      }
      if (force) fs.fdatasyncSync(this.#file);
    } catch (error) {
      try {
        fs.ftruncateSync(this.#file, this.size);
      } catch { /* the next write goes over it */ }
      throw error;
    }
    this.size += bytes.length;
  }

  /** Puts these records in the place of all others, in one durable step. */
  replace(records) {
    const fresh = `${this.path}.new`;
    const file = fs.openSync(fresh, 'w', 0o600);
    let size = 0;
    for (const record of records) {
      const bytes = line(record);
      fs.writeSync(file, bytes);
      size += bytes.length;
    }
    fs.fsyncSync(file);
    fs.closeSync(file);
    fs.renameSync(fresh, this.path);
    syncFolder(this.path);
    fs.closeSync(this.#file);
    this.#file = fs.openSync(this.path, fs.constants.O_RDWR, 0o600);
    this.size = size;
  }
}

/** Writes a small file in one durable step. */
export function writeDurably(path, text) {
  const fresh = `${path}.new`;
  const file = fs.openSync(fresh, 'w', 0o600);
  fs.writeSync(file, text);
  fs.fsyncSync(file);
  fs.closeSync(file);
  fs.renameSync(fresh, path);
  syncFolder(path);
}

function syncFolder(path) {
  const folder = fs.openSync(dirname(path), 'r');
  fs.fsyncSync(folder);
  fs.closeSync(folder);
}
