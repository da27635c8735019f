// The journal: chained confirmations and all durable state, in one log (13.1-13.4, 13.8-13.10).
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { randomHex, sha256 } from './bytes.mjs';
import { BrokenLog, Log, writeDurably } from './log.mjs';
import { keyOf, may, noStory, told } from './story.mjs';

const DAY_MS = 86_400_000;
const KEPT_MS = 7 * DAY_MS;
const REMEMBERED_MS = 60 * DAY_MS;
const COMPACT_BYTES = 32_000_000;

export class Journal {
  state = {};
  stories = new Map();
  muted = false;
  #entries = []; // texts, from number #first on
  #first = 1;
  #log;
  #tidyAt = COMPACT_BYTES;

  /** `hooks`: `now()` for entries, `floor()`, `changed()` hears of new ones, `standing(key)` in the plan. */
  constructor(home, { station, device }, hooks) {
    Object.assign(this, { home, station, device, hooks });
    const path = join(home, 'journal.log');
    const mark = join(home, 'epoch.json');
    const before = existsSync(mark) ? JSON.parse(readFileSync(mark, 'utf8')) : null;
    let lost = before !== null && !existsSync(path);
    this.#log = new Log(path);
    try {
      this.#log.open((record) => this.#take(record));
    } catch (error) {
      if (!(error instanceof BrokenLog)) throw error;
      renameSync(path, `${path}.broken-${Date.now()}`);
      lost = true;
      this.#log.open(() => {});
    }
    if (lost || !this.state.epoch) this.#begin(before, lost);
    writeDurably(mark, JSON.stringify(this.end()));
    for (const story of this.stories.values()) if (story.last === 'cut') story.ended = true; // 9.6
  }

  /** A new epoch; what could be read of the old journal stays in force but for its numbers. */
  #begin(before, lost) {
    const previous = this.state.epoch ? this.end() : before;
    this.#entries = [];
    this.#first = 1;
    const state = { ...this.state, epoch: randomHex(16), previous: lost ? previous : null, receipted: 0, marks: [] };
    if (lost) state.lost = { until: null };
    this.state = {};
    const record = { s: state, o: [...this.stories] };
    this.#log.append(record);
    this.#take(record);
  }

  #take({ s = {}, e = [], o = null, f = null }) {
    Object.assign(this.state, s);
    if (o) this.stories = new Map(o);
    if (f) this.#first = f;
    for (const text of e) {
      this.#entries.push(text);
      const entry = JSON.parse(text);
      if (entry.order && !o) this.#tell(this.stories, entry);
    }
  }

  #tell(stories, entry) {
    const key = keyOf(entry.order, entry.repeat);
    stories.set(key, told(this.stories.get(key) ?? noStory(), entry));
  }

  get last() {
    return this.#first + this.#entries.length - 1;
  }

  get first() {
    return this.#first;
  }

  text(seq) {
    return this.#entries[seq - this.#first];
  }

  /** The hash that entry `seq` + 1 carries as `prev`; undefined where it is not held. */
  hash(seq) {
    if (seq === 0) return sha256(`loa/1/${this.station}/${this.device}/${this.state.epoch}`);
    if (seq === this.#first - 1) return this.state.base;
    const text = this.text(seq);
    return text === undefined ? undefined : sha256(text);
  }

  end() {
    return { epoch: this.state.epoch, seq: this.last, chain: this.hash(this.last) };
  }

  story(key) {
    return this.stories.get(key) ?? noStory();
  }

  /**
   * Says entries and keeps state in one durable step. What the story of an order does not allow is
   * left out. Throws when the disk refuses; then nothing was said and nothing is kept.
   */
  commit(drafts, state = {}, { force = true } = {}) {
    const texts = [];
    const stories = new Map();
    let seq = this.last;
    let prev = this.hash(seq);
    const at = this.hooks.now();
    for (const draft of drafts) {
      const key = draft.order ? keyOf(draft.order, draft.repeat) : null;
      const story = stories.get(key) ?? this.story(key);
      if (key && !may(story, draft)) continue;
      const text = JSON.stringify(entry(++seq, prev, at, draft));
      texts.push(text);
      prev = sha256(text);
      if (key) stories.set(key, told(story, { ...draft, at_ms: at }));
    }
    if (texts.length === 0 && Object.keys(state).length === 0) return 0;
    const floor = this.hooks.floor();
    if (floor !== this.state.floor) state = { ...state, floor };
    const record = {};
    if (texts.length > 0) record.e = texts;
    if (Object.keys(state).length > 0) record.s = state;
    try {
      this.#log.append(record, { force });
    } catch (error) {
      this.muted = true;
      throw error;
    }
    this.muted = false;
    Object.assign(this.state, state);
    this.#entries.push(...texts);
    for (const [key, story] of stories) this.stories.set(key, story);
    if (texts.length > 0) this.hooks.changed();
    return texts.length;
  }

  /** Like commit, for what may be tried again: how many entries were said, or null when the disk refused. */
  try(drafts, state) {
    try {
      return this.commit(drafts, state);
    } catch (error) {
      console.error(`journal: ${error.message}`);
      return null;
    }
  }

  /** Everything up to `seq` is in the ledger. */
  receipted(seq) {
    const marks = this.state.marks;
    const now = this.hooks.now();
    const newDay = marks.length === 0 || now - marks.at(-1).at > DAY_MS;
    const state = { receipted: seq, marks: newDay ? [...marks.slice(-10), { seq, at: now }] : marks };
    this.commit([], state, { force: false });
    this.tidy();
  }

  /** Where the log has grown: forgets what was receipted 7 days ago, and stories of 60 days ago. */
  tidy() {
    if (this.#log.size < this.#tidyAt) return;
    const now = this.hooks.now();
    const gone = this.state.marks.filter((mark) => mark.at < now - KEPT_MS).at(-1)?.seq ?? 0;
    const cut = Math.max(0, Math.min(gone, this.state.receipted, this.last) - this.#first + 1);
    const base = this.hash(this.#first + cut - 1);
    for (const [key, story] of this.stories) {
      if (story.at < now - REMEMBERED_MS && !this.hooks.standing(key)) this.stories.delete(key);
    }
    this.state.base = base;
    this.#entries.splice(0, cut);
    this.#first += cut;
    this.#log.replace([{ s: this.state, o: [...this.stories], f: this.#first, e: this.#entries }]);
    this.#tidyAt = Math.max(COMPACT_BYTES, 2 * this.#log.size);
  }
}

/** An entry in its order of members, without those at their default. */
function entry(seq, prev, at, draft) {
  const { kind, order, repeat, ...rest } = draft;
  const whole = { seq, prev, kind, at_ms: at, order, repeat: repeat || undefined, ...rest, simulated: true };
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined && value !== null));
}
