// Desired state: configuration, plan and orders for now, as they were accepted, and what follows.
import { Refusal } from './envelope.mjs';
import { sha256 } from './bytes.mjs';
import { judge, target } from './judge.mjs';
import { keyOf } from './story.mjs';

const WAITING_NOWS = 16;
const KEPT_NOWS = 200;
const UNNAMED_A_DAY = 100;
const DAY_MS = 86_400_000;

export class Desired {
  config = null; // the payload in force
  keyring = null;
  plan = null; // { payload, issuer } of the present cluster, while its key holds
  nows = []; // { message, payload, issuer, waiting } beside the plan
  followed = new Map(); // key → target, of orders that are allowed
  #heard = new Map(); // key → { print, at }
  #stopped = new Set(); // keys, with * for all repeats

  /** `changed()` hears of new state, `ask()` asks the time, `owe(drafts)` is to say what no disk took. */
  constructor({ identity, journal, clock, reader, changed, ask, owe }) {
    Object.assign(this, { identity, journal, clock, reader, changed, ask, owe });
    this.#restore();
  }

  get cluster() {
    return this.config?.cluster ?? null;
  }

  get planVersion() {
    return this.#planState()?.version ?? 0;
  }

  get configVersion() {
    return this.journal.state.config?.version ?? 0;
  }

  get nowSequence() {
    return this.journal.state.nowSequence ?? 0;
  }

  #planState(cluster = this.cluster) {
    return cluster === null ? undefined : this.journal.state[`plan:${cluster}`];
  }

  trust(time = this.clock.forKeys()) {
    return { keyring: this.keyring, cluster: this.cluster, time };
  }

  /** From the disk, before and without any line: signature, scope and cluster, but no T (3.4). */
  #restore() {
    const held = this.journal.state.config;
    if (!held) return;
    try {
      const { payload, keyring } = this.reader.config(Buffer.from(held.message), 0, () => null);
      this.config = payload;
      this.keyring = keyring;
      this.#load();
      this.#refollow();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      console.error(`configuration on the disk: ${error.code}`);
    }
  }

  /** Reads plan and orders for now anew from what is held, against the present keyring. */
  #load() {
    const held = this.#planState();
    this.plan = held ? this.#readHeld('plan', held.message) : null;
    this.#heard = new Map(Object.entries(held?.heard ?? {}));
    this.nows = (this.journal.state.nows ?? [])
      .map(({ message, waiting }) => ({ ...this.#readHeld('now', message), message, waiting }))
      .filter((one) => one.payload);
  }

  #readHeld(channel, message) {
    try {
      return this.reader.read(channel, Buffer.from(message), this.trust(null));
    } catch (error) {
      if (error instanceof Refusal) return null;
      throw error;
    }
  }

  /** Orders as they stand: those of the plan, and those for now that came after it (10.3). */
  #standing(plan = this.plan, nows = this.nows) {
    const standing = new Map();
    for (const order of plan?.payload.orders ?? []) {
      const key = keyOf(order.id, order.repeat);
      if (!standing.has(key)) standing.set(key, { order, issuer: plan.issuer, version: plan.payload.version });
    }
    for (const { payload, issuer, waiting } of this.#beside(plan, nows)) {
      const { order } = payload;
      if (order && !waiting) standing.set(keyOf(order.id, order.repeat), { order, issuer });
    }
    return standing;
  }

  #beside(plan = this.plan, nows = this.nows) {
    return nows.filter(({ payload }) => !plan || plan.payload.issued_at_ms < payload.issued_at_ms);
  }

  stands(key) {
    return this.#standing().has(key);
  }

  isStopped({ key, order }) {
    return this.#stopped.has(key) || this.#stopped.has(`${order.id}#*`);
  }

  #setFollowed(followed, heard) {
    this.followed = followed;
    this.#heard = new Map(Object.entries(heard));
    const stops = [...(this.plan?.payload.stops ?? []), ...this.#beside().flatMap(({ payload }) => payload.stop ?? [])];
    this.#stopped = new Set(stops.map((stop) => keyOf(stop.order, stop.repeat ?? '*')));
  }

  /** What is said of these orders when they come, or when they are judged again (7.3). */
  #judged(standing, config = this.config) {
    const drafts = [];
    const followed = new Map();
    const heard = {};
    for (const [key, { order, issuer, version }] of standing) {
      const print = sha256(JSON.stringify(order)).slice(0, 16);
      const known = this.#heard.get(key);
      heard[key] = known?.print === print ? known : { print, at: this.clock.now() };
      const one = target(order, config, heard[key].at);
      const story = this.journal.story(key);
      const received = story.said.includes('received');
      const { identity, clock } = this;
      const code = judge(one, { config, identity, issuer, time: clock.best(), received });
      const about = { order: order.id, repeat: order.repeat, plan_version: version };
      if (code === null) {
        followed.set(key, one);
        if (!received) drafts.push({ kind: 'received', ...about });
      } else if (!story.begun && !story.ended) {
        drafts.push({ kind: 'rejected', ...about, code });
      }
    }
    return { drafts, followed, heard };
  }

  #follow(followed, heard) {
    this.#setFollowed(followed, heard);
    this.changed();
  }

  /** After a start: what was allowed then; nothing is said. */
  #refollow() {
    const { followed, heard } = this.#judged(this.#standing());
    for (const key of followed.keys()) if (!this.journal.story(key).said.includes('received')) followed.delete(key);
    this.#setFollowed(followed, heard);
  }

  /** Judges again all that is held, as if it had come anew. */
  #again() {
    const { drafts, followed, heard } = this.#judged(this.#standing());
    const held = this.#planState();
    this.journal.commit(drafts, held ? { [`plan:${this.cluster}`]: { ...held, heard } } : {});
    this.#follow(followed, heard);
  }

  onConfig(message) {
    const { config: held, serial = 0 } = this.journal.state;
    const timeFor = (keyring) => this.clock.forKeys(keyring.serial > serial ? keyring : null);
    const { payload, keyring } = this.reader.config(message, serial, timeFor);
    const text = message.toString();
    if (payload.version <= this.configVersion) {
      if (text === held.message) return;
      throw new Refusal('rolled_back');
    }
    if (keyring.serial > serial) this.clock.setFloor(keyring.issuedAt);
    this.clock.raiseFloor(payload.issued_at_ms);
    const moved = this.cluster !== null && payload.cluster !== this.cluster;
    const state = { config: { version: payload.version, message: text }, serial: keyring.serial };
    if (moved) state.nows = [];
    this.journal.commit([], state);
    this.config = payload;
    this.keyring = keyring;
    this.#load();
    this.#again();
  }

  onPlan(message) {
    const plan = this.reader.read('plan', message, this.trust());
    const { payload } = plan;
    const held = this.#planState();
    const text = message.toString();
    if (payload.version < this.planVersion) return this.#sayUnnamed('plan_rolled_back', payload.version);
    if (payload.version === this.planVersion) {
      if (text !== held.message) this.#sayUnnamed('plan_equivocated', payload.version);
      return undefined;
    }
    this.clock.raiseFloor(payload.issued_at_ms);
    const nows = this.#beside(plan);
    const { drafts, followed, heard } = this.#judged(this.#standing(plan, nows));
    this.journal.commit(drafts, {
      [`plan:${this.cluster}`]: { version: payload.version, message: text, heard },
      ...(nows.length === this.nows.length ? {} : { nows: stored(nows) }),
    });
    this.plan = plan;
    this.nows = nows;
    this.#follow(followed, heard);
    return undefined;
  }

  onNow(message) {
    const now = { ...this.reader.read('now', message, this.trust()), message: message.toString(), waiting: false };
    const { payload } = now;
    if (payload.sequence <= this.nowSequence) return this.#repeated(payload);
    this.clock.raiseFloor(payload.issued_at_ms);
    const state = { nowSequence: payload.sequence };
    if (payload.order && this.clock.believed && this.clock.now() > payload.expires_at_ms) {
      this.journal.commit([rejection(payload.order, 'expired')], state);
      throw new Refusal('expired');
    }
    now.waiting = payload.order ? !this.clock.believed : false;
    let nows = [...this.nows, now].slice(-KEPT_NOWS);
    const waiting = nows.filter((one) => one.waiting).slice(0, -WAITING_NOWS);
    nows = nows.filter((one) => !waiting.includes(one));
    this.#acceptNows(nows, state);
    if (now.waiting) this.ask();
    return undefined;
  }

  #acceptNows(nows, state) {
    const { drafts, followed, heard } = this.#judged(this.#standing(this.plan, nows));
    try {
      this.journal.commit(drafts, { ...state, nows: stored(nows) });
    } catch (error) {
      if (!nows.at(-1)?.payload.order?.tone) throw error;
      this.owe(drafts); // the tone of an emergency waits for no disk (11.2)
      this.#follow(followed, heard);
      throw error;
    }
    this.nows = nows;
    this.#follow(followed, heard);
  }

  #repeated({ order, stop, sequence }) {
    if (order) {
      const known = this.journal.story(keyOf(order.id, order.repeat)).last !== 'none';
      if (known || this.nows.some((one) => one.payload.sequence === sequence)) return;
      this.journal.commit([rejection(order, 'replayed')]);
    } else if (this.#holdsStop(stop)) return;
    throw new Refusal('rolled_back');
  }

  #holdsStop(stop) {
    const held = [...(this.plan?.payload.stops ?? []), ...this.nows.flatMap(({ payload }) => payload.stop ?? [])];
    return held.some((one) => one.order === stop.order && (one.repeat ?? null) === (stop.repeat ?? null));
  }

  /** The time is believed now: orders that waited for it are taken like any other (6.4). */
  timed() {
    const { lost } = this.journal.state;
    if (lost && lost.until === null) this.journal.commit([], { lost: { until: this.clock.now() } });
    if (!this.nows.some((one) => one.waiting)) return [];
    const expired = this.nows.filter((one) => one.waiting && this.clock.now() > one.payload.expires_at_ms);
    const nows = this.nows.filter((one) => !expired.includes(one)).map((one) => ({ ...one, waiting: false }));
    this.journal.commit(expired.map(({ payload }) => rejection(payload.order, 'expired')));
    this.#acceptNows(nows, {});
    return expired.map(() => 'expired');
  }

  /** A plan or `now` whose signature held, refused for its key's scope or time: said once (3.7). */
  refused(channel, code, payload) {
    if (channel === 'plan') return this.#sayUnnamed(code, payload.version);
    if (payload.order) return this.journal.commit([rejection(payload.order, code)]);
    return this.#sayUnnamed(code, undefined, payload.sequence);
  }

  /** `rejected` without an order: once for each version and code, and at most 100 a day. */
  #sayUnnamed(code, version, sequence) {
    const what = `${version ?? `now ${sequence}`} ${code}`;
    const today = Math.floor(this.clock.now() / DAY_MS);
    const said = this.journal.state.unnamed ?? { day: today, count: 0, what: [] };
    const count = said.day === today ? said.count : 0;
    if (said.what.includes(what) || count >= UNNAMED_A_DAY) return;
    const unnamed = { day: today, count: count + 1, what: [...said.what, what].slice(-1000) };
    this.journal.commit([{ kind: 'rejected', plan_version: version, code }], { unnamed });
  }
}

const stored = (nows) => nows.map(({ message, waiting }) => ({ message, waiting }));
const rejection = ({ id, repeat }, code) => ({ kind: 'rejected', order: id, repeat, code });
