// The player: which order sounds when, what it cuts, what waits, and what is said of it (9-11).
import { before, quiet } from './judge.mjs';
import { mono } from './clock.mjs';
import { Play } from './play.mjs';
import { msOf, samplesOf, SINK } from './sink.mjs';
import { deadlineOf, verdictOn } from './verdict.mjs';

const PREPARE_MS = 2_500;
const LATE_JOIN_MS = 2_000;
const WORTH_MS = 3_000;
const NEXT_TO_MS = 20;
const RETRY_DISK_MS = 5_000;

/** Whether an order that falls due cuts one that plays (9.3). */
const cuts = (one, playing) => one.order.priority === 1 && (playing.order.priority !== 1 || (playing.drill && !one.drill));

export class Player {
  current = null;
  #lined = []; // { play, at }: `started` is on the disk, the instant is to come
  #displaced = []; // plays that had said `started` and found the sink taken
  #paused = []; // { play, code } that go on
  #rebooted = []; // targets whose middle was lost in a restart
  #leads = new Map(); // key → how long before its instant `started` is written
  #owed = []; // drafts that the disk refused
  #free = -Infinity; // when the sink fell silent
  #refusedAt = -Infinity; // when the disk last refused
  #timer = null;
  #busy = false;
  #again = false;

  constructor({ clock, journal, desired, audio }) {
    Object.assign(this, { clock, journal, desired, audio });
    this.begun = clock.now();
  }

  /** After a start: what was begun and has no end (9.8). */
  restore() {
    const drafts = [];
    for (const [key, story] of this.journal.stories) {
      if (!story.begun || story.ended) continue;
      const one = this.desired.followed.get(key);
      if (one && one.order.on_reboot === 'join' && !one.tone) this.#rebooted.push(one);
      else drafts.push(interrupted(key));
    }
    this.journal.try(drafts);
  }

  /** All audio that is wanted now, with when it is. */
  wishes() {
    const wishes = [];
    const held = [...this.#paused, ...this.#lined].map(({ play }) => play);
    const playing = [this.current, ...held, ...this.#displaced].filter(Boolean);
    const pending = [...this.desired.followed.values()].filter(({ key }) => !this.#over(key));
    for (const { order, planned, last } of [...playing.map((play) => play.target), ...pending, ...this.#rebooted]) {
      for (const item of order.items) wishes.push({ item, planned, last });
    }
    for (const { item } of this.desired.config?.warnings ?? []) {
      wishes.push({ item, planned: this.clock.now() + 60_000, last: Infinity });
    }
    return wishes;
  }

  #over(key) {
    const story = this.journal.story(key);
    return story.ended || story.begun || story.last === 'cut';
  }

  /** Whether sound is on its way, or would be within this time. */
  busy(ms) {
    const soon = this.clock.now() + ms;
    return this.current !== null || this.#lined.length > 0 || this.#pending().some((one) => one.planned <= soon);
  }

  /** Looks at all of it, does what is due, and sets the next alarm. */
  look() {
    this.#again = true;
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let round = 0; this.#again && round < 50; round += 1) {
        this.#again = false;
        this.#say([]);
        this.#progress();
        this.#sweep();
        if (this.clock.believed) {
          this.#choose();
          this.#lineUp();
        }
      }
    } finally {
      this.#busy = false;
      this.#alarm();
    }
  }

  /** Says what has come about; what the disk refuses is owed, and said before anything else. */
  #say(drafts) {
    this.#owed.push(...drafts);
    if (this.#owed.length === 0 || mono() - this.#refusedAt < RETRY_DISK_MS) return;
    if (this.journal.try(this.#owed) === null) this.#refusedAt = mono();
    else this.#owed = [];
  }

  owe(drafts) {
    this.#owed.push(...drafts);
    this.#refusedAt = mono();
  }

  /** Says what is about to be, on disk before it is: false where it may not be. */
  #announce(draft) {
    this.#say([]);
    if (this.#owed.length > 0 || mono() - this.#refusedAt < RETRY_DISK_MS) return false;
    const said = this.journal.try([draft]);
    if (said === null) this.#refusedAt = mono();
    return said === 1;
  }

  // What sounds.

  #progress() {
    const play = this.current;
    if (!play) return;
    if (this.desired.isStopped(play.target)) this.#stop(play);
    else if (play.sounding) this.#progressMessage(play);
    else this.#progressTone(play);
  }

  #stop(play) {
    const m = mono();
    this.current = null;
    this.#free = m;
    this.#say([...this.#told(play, m), { kind: 'stopped', ...play.about, ...play.said(m, this.clock) }]);
    this.audio.played(play.target.order.items);
    this.#again = true;
  }

  #told(play, m) {
    return play.sounding ? play.tell(m, this.clock) : [];
  }

  #progressMessage(play) {
    const m = mono();
    const drafts = [];
    for (let at = play.boundary(m); at !== null; at = play.boundary(m)) {
      drafts.push(...play.tell(play.instant(at), this.clock));
      if (this.#giveWay(play, at, drafts)) return;
    }
    drafts.push(...play.tell(m, this.clock));
    if (m >= play.stretch.until) {
      drafts.push({ kind: 'finished', ...play.about, ...play.said(m, this.clock, { whole: true }) });
      this.current = null;
      this.#free = play.stretch.until;
      this.audio.played(play.target.order.items);
      this.#again = true;
    }
    this.#say(drafts);
  }

  /** At the end of an item: an order of priority 2 that waits goes first (9.3). */
  #giveWay(play, at, drafts) {
    const m = play.instant(at);
    const waiting = [...this.#due(m), ...this.#displaced.map(({ target }) => target)];
    if (play.target.order.priority !== 3 || !waiting.some((one) => one.order.priority === 2)) return false;
    this.current = null;
    this.#free = m;
    this.#paused.push({ play, code: 'priority', position: at });
    this.#say([...drafts, { kind: 'cut', ...play.about, ...play.said(m, this.clock), code: 'priority' }]);
    this.#again = true;
    return true;
  }

  #progressTone(play) {
    const m = mono();
    const { stretch, target: one } = play;
    const lead = this.#lead(one.key);
    const ready = this.audio.prove(one.order.items);
    const ahead = play.committed;
    if (ready && !play.committed && m >= stretch.until - lead) play.committed = this.#begins(play);
    if (m < stretch.until) return;
    if (ready) {
      if (!play.committed) return; // the disk refuses: tried again
      const late = ahead && m - stretch.until < lead ? stretch.until : mono();
      if (quiet(one, this.desired.config, this.clock.at(late), one.length)) this.#giveUp(play, 'skipped', 'quiet_hours');
      else play.begin(late, 0);
      this.#again = true;
    } else if (this.clock.now() > one.last) {
      this.#giveUp(play, 'failed', this.audio.wrong(one.order.items) ? 'audio_hash_mismatch' : 'audio_missing');
    } else if (play.stage === 'tone') {
      play.bridge(stretch.until, this.#bridgeLength(one));
    } else if (m >= play.bridgeAgain) {
      play.bridge(m, this.#bridgeLength(one));
    }
  }

  #begins(play) {
    return this.#announce({ kind: 'started', ...play.about });
  }

  #giveUp(play, kind, code) {
    this.current = null;
    this.#free = mono();
    this.#say([{ kind, ...play.about, code }]);
    this.#again = true;
  }

  /** A stored warning for this hazard, if its audio is here; otherwise the tone again (11.3). */
  #bridgeLength(one) {
    const warnings = this.desired.config.warnings ?? [];
    const warning = warnings.find(({ hazard, item }) => hazard === one.order.hazard && this.audio.has([item]));
    return warning ? warning.item.duration_ms : one.tone;
  }

  // What does not sound yet, or never will.

  #pending() {
    const away = new Set(this.#lined.map(({ play }) => play.target.key));
    if (this.current) away.add(this.current.target.key);
    return [...this.desired.followed.values()].filter(({ key }) => !away.has(key) && !this.#over(key));
  }

  #sweep() {
    const drafts = [];
    const mute = this.#owed.length > 0; // what follows from the state can be said later
    for (const one of mute ? [] : this.#pending()) {
      const verdict = verdictOn(one, this);
      if (verdict) drafts.push({ ...about(one), ...verdict });
      else if (this.#mayBeCached(one)) drafts.push({ kind: 'cached', ...about(one) });
    }
    const playing = mute ? null : this.current?.target; // its tone, or a warning
    if (playing && this.#mayBeCached(playing)) drafts.push({ kind: 'cached', ...about(playing) });
    this.#paused = this.#paused.filter(({ play }) => this.#unlessStopped(play.target, drafts));
    this.#displaced = this.#displaced.filter((play) => this.#unlessStopped(play.target, drafts));
    this.#lined = this.#lined.filter(({ play }) => this.#unlessStopped(play.target, drafts) && this.#stillOrdered(play));
    this.#rebooted = this.#rebooted.filter((one) => this.#unlessStopped(one, drafts) && this.#unlessTooShort(one, drafts));
    this.#say(drafts);
  }

  #mayBeCached({ key, order }) {
    const { last, said } = this.journal.story(key);
    const open = last === 'received' || last === 'tone_started';
    return open && !said.includes('cached') && this.audio.has(order.items);
  }

  #unlessStopped(one, drafts) {
    if (!this.desired.isStopped(one)) return true;
    drafts.push({ kind: 'stopped', ...about(one) });
    return false;
  }

  /** It still stands in the plan as it did when `started` was written (9.4). */
  #stillOrdered({ target: one }) {
    const now = this.desired.followed.get(one.key);
    return now !== undefined && JSON.stringify(now.order) === JSON.stringify(one.order);
  }

  /** What was interrupted by a restart goes on only while it is followed and 3 s are left. */
  #unlessTooShort(one, drafts) {
    const short = this.clock.believed && this.clock.now() > one.planned + one.length - WORTH_MS;
    if (!short && this.desired.followed.has(one.key)) return true;
    drafts.push(interrupted(one.key));
    return false;
  }

  // What comes next.

  #soundable(one) {
    return one.tone > 0 || this.audio.prove(one.order.items);
  }

  /** Orders whose instant has come by `m` and that have something to sound, in their order. */
  #due(m) {
    const time = this.clock.at(m);
    return this.#pending().filter((one) => one.planned <= time && this.#soundable(one)).sort(before);
  }

  #choose() {
    const m = mono();
    for (const one of this.#pending()) {
      if (!one.tone && one.planned - PREPARE_MS <= this.clock.now()) this.audio.prove(one.order.items);
    }
    const ripe = this.#lined.filter(({ at }) => at <= m);
    const first = [...ripe.map(({ play }) => play.target), ...this.#due(m)]
      .filter((one) => one.order.priority === 1).sort(before)[0];
    if (first && (!this.current || cuts(first, this.current.target))) this.#start(first, ripe);
    else if (!this.current) this.#goOn(m, ripe);
    for (const entry of ripe) {
      if (this.current?.target.key !== entry.play.target.key && this.#lined.includes(entry)) this.#displace(entry);
    }
  }

  #displace(entry) {
    this.#lined.splice(this.#lined.indexOf(entry), 1);
    this.#displaced.push(entry.play);
  }

  /** The sink is free, and nothing of priority 1 is due: who goes on, or begins? */
  #goOn(m, ripe) {
    if (ripe.length > 0) {
      this.#start(ripe.map(({ play }) => play.target).sort(before)[0], ripe);
      return;
    }
    if (this.#displaced.length > 0) this.#undisplace();
    else if (this.#paused.some(({ code }) => code === 'emergency')) this.#resume('emergency');
    else if (!this.#rejoin()) this.#goNext(m, ripe);
  }

  /** One that waits begins, or a pause between two items ends; nothing before a `started` that could not cut it. */
  #goNext(m, ripe) {
    const next = this.#due(m).find((one) => this.#lined.every(({ play }) => cuts(play.target, one)));
    if (next && (next.order.priority === 2 || this.#paused.length === 0)) this.#start(next, ripe);
    else if (this.#paused.length > 0) this.#resume('priority');
  }

  #undisplace() {
    const play = this.#displaced.shift();
    if (quiet(play.target, this.desired.config, this.clock.now(), play.target.length)) {
      this.#say([{ kind: 'cut', ...play.about, code: 'emergency' }]);
    } else {
      this.current = play;
      play.begin(mono(), 0);
    }
    this.#again = true;
  }

  #resume(code) {
    const entry = this.#paused.findLast((one) => one.code === code);
    const { play, position } = entry;
    const rest = msOf(play.total - position);
    const over = rest <= 0 || quiet(play.target, this.desired.config, this.clock.now(), rest); // the cut stays its end
    if (!over && !this.#announce({ kind: 'resumed', ...play.about, position_ms: Math.floor(msOf(position)) })) return;
    this.#paused.splice(this.#paused.indexOf(entry), 1);
    this.#again = true;
    if (over) return;
    this.current = play;
    play.begin(mono(), position);
  }

  /** After a restart: goes on where it would be by now (9.8). */
  #rejoin() {
    const one = this.#rebooted.find(({ order, planned }) => planned <= this.clock.now() && this.audio.prove(order.items));
    if (!one) return false;
    const position = this.clock.now() - one.planned;
    const over = quiet(one, this.desired.config, this.clock.now(), one.length - position);
    if (over) this.#say([interrupted(one.key)]);
    else if (!this.#announce({ kind: 'resumed', ...about(one), code: 'rebooted', position_ms: position })) return true;
    this.#rebooted.splice(this.#rebooted.indexOf(one), 1);
    this.#again = true;
    if (over) return true;
    this.current = new Play(one);
    this.current.begin(mono(), samplesOf(position));
    return true;
  }

  /** Begins an order: at its own instant where it was lined up, otherwise at once. */
  #start(one, ripe) {
    const entry = ripe.find(({ play }) => play.target.key === one.key);
    if (one.tone) this.#startTone(one);
    else if (entry) {
      this.#lined.splice(this.#lined.indexOf(entry), 1);
      this.#take(entry.play, Math.max(this.#free, entry.at), 0);
    } else this.#startLate(one);
  }

  #startTone(one) {
    const now = this.clock.now();
    if (quiet(one, this.desired.config, now, one.tone + one.length)) {
      this.#skip(one, 'quiet_hours');
      return;
    }
    const play = new Play(one);
    const m = mono(); // it waits for nothing
    const cut = this.#cutCurrent(m);
    play.sound(m);
    this.current = play;
    const first = Math.round(this.clock.at(m) * 1000);
    this.#say([...cut, { kind: 'tone_started', ...about(one), first_sample_at_us: first, sink: SINK }]);
    this.#again = true;
  }

  #skip(one, code) {
    this.#say([{ kind: 'skipped', ...about(one), code }]);
    this.#again = this.#owed.length === 0;
  }

  /** It had to wait, came late, or could not be lined up. */
  #startLate(one) {
    const late = this.clock.now() - one.planned;
    const joins = one.order.on_reboot === 'join' && late > LATE_JOIN_MS;
    const position = joins ? late : 0;
    if (joins && one.length - late < WORTH_MS) this.#skip(one, 'too_late');
    else if (quiet(one, this.desired.config, this.clock.now(), one.length - position)) this.#skip(one, 'quiet_hours');
    else if (this.#announce({ kind: 'started', ...about(one), position_ms: position || undefined })) {
      this.#take(new Play(one), mono(), samplesOf(position));
    }
  }

  /** Gives the sink to a play whose `started` is on the disk. */
  #take(play, m, position) {
    const cut = this.#cutCurrent(m);
    this.current = play;
    play.begin(m, position);
    this.#say(cut);
    this.#again = true;
  }

  #cutCurrent(m) {
    const play = this.current;
    if (!play) return [];
    const cut = { kind: 'cut', ...play.about, ...play.said(m, this.clock), code: 'emergency' };
    const drafts = [...this.#told(play, m), cut];
    const { order, tone } = play.target;
    if (order.on_cut === 'resume' && !tone) this.#paused.push({ play, code: 'emergency', position: play.heardBy(m) });
    else this.audio.played(order.items);
    this.#free = m;
    return drafts;
  }

  #lead(key) {
    if (!this.#leads.has(key)) this.#leads.set(key, 1000 + Math.random() * 500);
    if (this.#leads.size > 2000) this.#leads.clear();
    return this.#leads.get(key) ?? 1250;
  }

  /** Writes `started` ahead for what will surely begin at its instant (9.4). */
  #lineUp() {
    const now = this.clock.now();
    const pending = this.#pending();
    for (const one of pending) {
      if (one.tone || now >= one.planned || now < one.planned - this.#lead(one.key)) continue;
      if (!this.#willBeFree(one, pending) || !this.audio.prove(one.order.items)) continue;
      if (quiet(one, this.desired.config, one.planned, one.length)) continue;
      const play = new Play(one);
      play.committed = this.#begins(play);
      if (play.committed) this.#lined.push({ play, at: this.clock.monoOf(one.planned) });
    }
  }

  #willBeFree(one, pending) {
    const at = this.clock.monoOf(one.planned);
    const takes = (other) => !cuts(one, other);
    const { current } = this;
    if (current && takes(current.target) && !(current.sounding && current.stretch.until <= at + NEXT_TO_MS)) return false;
    const others = [...pending, ...this.#lined.map(({ play }) => play.target)];
    const first = (other) => other.planned < one.planned || (other.planned === one.planned && before(other, one) < 0);
    const goes = (other) => first(other) && (other.tone > 0 || !this.audio.lacks(other.order.items));
    if (others.some((other) => other.key !== one.key && takes(other) && goes(other))) return false;
    return one.order.priority === 1 || this.#paused.length + this.#displaced.length + this.#rebooted.length === 0;
  }

  // When to look again.

  #alarm() {
    clearTimeout(this.#timer);
    const now = this.clock.now();
    let next = mono() + 30_000;
    const at = (m) => {
      next = Math.min(next, m);
    };
    const overdue = mono() + 20;
    if (this.current) {
      for (const m of this.current.events()) at(m > mono() ? m : overdue);
      if (!this.current.sounding) {
        at(Math.max(this.current.stretch.until - this.#lead(this.current.target.key), mono() + 100));
        at(this.clock.monoOf(Math.max(this.current.target.last, now) + 1));
      }
    }
    for (const entry of this.#lined) at(entry.at > mono() ? entry.at : overdue);
    for (const one of [...this.#pending(), ...this.#rebooted]) {
      const instants = [one.planned - PREPARE_MS, one.planned - this.#lead(one.key), one.planned, deadlineOf(one), one.last];
      const ahead = instants.map((time) => time + 1).filter((time) => time > now);
      if (ahead.length > 0) at(this.clock.monoOf(Math.min(...ahead)));
    }
    if (this.journal.muted || this.#owed.length > 0) at(this.#refusedAt + RETRY_DISK_MS + 1);
    this.#timer = setTimeout(() => this.look(), Math.max(1, Math.ceil(next - mono())));
  }
}

const about = ({ order }) => ({ order: order.id, repeat: order.repeat });

function interrupted(key) {
  const [order, repeat] = key.split('#');
  return { kind: 'failed', order, repeat: Number(repeat), code: 'interrupted' };
}
