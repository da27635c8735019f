// The cache of audio: what is wanted, fetched ahead, hashed, believed and kept (8).
import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { Backoff } from './backoff.mjs';
import { transfer } from './fetch.mjs';

const AT_A_TIME = 2;
const BOUND_BYTES = 2_000_000_000;
const FIRST_WAIT_MS = 30_000;

export class Audio {
  #files = new Map(); // sha256 → file
  #running = 0;

  /** `hooks`: `now()`, `url()` of the station, `changed()` when something is there or wrong. */
  constructor(folder, caPem, hooks) {
    Object.assign(this, { folder, caPem, hooks });
    mkdirSync(folder, { recursive: true });
  }

  #path(sha, ending = 'mp3') {
    return join(this.folder, `${sha}.${ending}`);
  }

  /** All that is wanted: `{ item, planned, last }`, each sha256 once or more. */
  want(wishes) {
    const wanted = new Map();
    for (const { item, planned, last } of wishes) {
      const wish = wanted.get(item.sha256) ?? { size: item.size_bytes, planned, last };
      wish.planned = Math.min(wish.planned, planned);
      wish.last = Math.max(wish.last, last);
      wanted.set(item.sha256, wish);
    }
    for (const [sha, file] of this.#files) if (!wanted.has(sha)) this.#drop(sha, file);
    for (const [sha, wish] of wanted) {
      const file = this.#files.get(sha);
      if (file) Object.assign(file, wish);
      else this.#add(sha, wish);
    }
    this.#makeRoom();
    this.#fetchNext();
  }

  #drop(sha, file) {
    clearTimeout(file.timer);
    file.abort?.abort();
    this.#files.delete(sha);
  }

  #add(sha, wish) {
    const file = { sha, ...wish, state: 'looking', wrong: false, proof: 'none', backoff: new Backoff(1000, 60_000) };
    this.#files.set(sha, file);
    this.#hash(this.#path(sha)).then((hash) => {
      if (this.#files.get(sha) !== file) return;
      if (hash === sha) {
        this.#have(file);
        return;
      }
      rmSync(this.#path(sha), { force: true });
      file.state = 'waiting';
      const left = Math.max(0, file.planned - this.hooks.now());
      this.#later(file, Math.random() * Math.min(FIRST_WAIT_MS, left / 10));
    });
  }

  #have(file) {
    file.state = 'have';
    file.wrong = false;
    utimesSync(this.#path(file.sha), new Date(), new Date());
    this.hooks.changed();
  }

  #later(file, wait) {
    clearTimeout(file.timer);
    file.state = 'waiting';
    file.timer = setTimeout(() => {
      file.state = 'due';
      this.#fetchNext();
    }, wait);
  }

  /** The soonest first, at most two at a time. */
  #fetchNext() {
    const due = [...this.#files.values()].filter((file) => file.state === 'due').sort((a, b) => a.planned - b.planned);
    for (const file of due.slice(0, AT_A_TIME - this.#running)) this.#fetch(file);
  }

  async #fetch(file) {
    const { sha, size } = file;
    if (this.hooks.now() > file.last) {
      file.state = 'over';
      return;
    }
    file.state = 'fetching';
    file.abort = new AbortController();
    this.#running += 1;
    const part = this.#path(sha, 'part');
    const url = `${this.hooks.url().replace(/\/$/, '')}/audio/${sha}.mp3`;
    try {
      const came = await transfer({ url, path: part, size, caPem: this.caPem, signal: file.abort.signal });
      file.wrong = came === 'wrong' || (await this.#hash(part)) !== sha;
      if (file.wrong) rmSync(part, { force: true });
      else renameSync(part, this.#path(sha));
    } catch (error) {
      if (this.#files.get(sha) === file) console.error(`audio ${sha.slice(0, 8)}: ${error.message}`);
      file.broke = true;
    }
    this.#running -= 1;
    if (this.#files.get(sha) === file) this.#settle(file);
    this.#fetchNext();
  }

  #settle(file) {
    const good = !file.broke && !file.wrong;
    file.broke = false;
    if (good) {
      this.#have(file);
      return;
    }
    const most = Math.max(1000, (file.planned - this.hooks.now()) / 2);
    this.#later(file, Math.min(file.backoff.next(), most));
    this.hooks.changed();
  }

  #hash(path) {
    return new Promise((resolve) => {
      const hash = createHash('sha256');
      createReadStream(path).on('error', () => resolve(null)).on('data', (chunk) => hash.update(chunk))
        .on('end', () => resolve(hash.digest('hex')));
    });
  }

  has(items) {
    return items.every((item) => this.#files.get(item.sha256)?.state === 'have');
  }

  /** Some of it is surely not there (and not only not looked for yet). */
  lacks(items) {
    const states = items.map((item) => this.#files.get(item.sha256)?.state ?? 'looking');
    return states.every((state) => state !== 'looking') && states.some((state) => state !== 'have');
  }

  wrong(items) {
    return items.some((item) => this.#files.get(item.sha256)?.wrong);
  }

  /** Whether all of it may sound: hashed once more, just before (8.3). Begins to hash where it was not. */
  prove(items) {
    let proven = true;
    for (const { sha256 } of items) {
      const file = this.#files.get(sha256);
      if (file?.state !== 'have') return false;
      if (file.proof === 'none') this.#prove(file);
      proven &&= file.proof === 'good';
    }
    return proven;
  }

  async #prove(file) {
    file.proof = 'hashing';
    const hash = await this.#hash(this.#path(file.sha));
    file.proof = hash === file.sha ? 'good' : 'none';
    if (file.proof === 'none') {
      rmSync(this.#path(file.sha), { force: true });
      file.wrong = true;
      this.#later(file, 0);
    }
    this.hooks.changed();
  }

  /** After a play: the next one hashes anew. */
  played(items) {
    for (const { sha256 } of items) {
      const file = this.#files.get(sha256);
      if (file?.proof === 'good') file.proof = 'none';
    }
  }

  bytes() {
    return this.#listed().reduce((sum, one) => sum + one.size, 0);
  }

  #listed() {
    return readdirSync(this.folder).map((name) => {
      const { size, mtimeMs } = statSync(join(this.folder, name), { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 };
      return { name, size, mtimeMs };
    });
  }

  /** Deletes what nobody needs, oldest first; never what is planned (8.4). */
  #makeRoom() {
    const missing = [...this.#files.values()].filter((file) => file.state !== 'have');
    let over = this.bytes() + missing.reduce((sum, file) => sum + file.size, 0) - BOUND_BYTES;
    const idle = this.#listed().filter(({ name }) => !this.#files.has(name.split('.')[0]));
    for (const { name, size } of idle.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      if (over <= 0) return;
      rmSync(join(this.folder, name), { force: true });
      over -= size;
    }
  }
}
