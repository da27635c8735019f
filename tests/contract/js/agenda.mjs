// Sections 5, 7 and 10: what the station wants of this device, verified, newest, and on the disk.
import { Refused } from "./envelope.mjs";
import { keyOf } from "./journal.mjs";
import { lengthOf } from "./play.mjs";
import { touchesQuietHours } from "./quiet.mjs";
import { NOBODY, openConfig, openForCluster } from "./trust.mjs";

const LONGEST_PLAY_MS = 2700000;
const WAITING = 16;
const REFUSALS_A_DAY = 100;
const KNOWN_KEY = new Set(["issuer_scope", "key_expired"]);

export class Agenda {
  constructor({ identity, journal, clock, stamp }) {
    Object.assign(this, { identity, journal, clock, stamp });
    this.config = null;
    this.trust = NOBODY;
    this.plan = null;
    this.moments = [];
    this.waiting = [];
    this.planned = new Map();
    this.stops = [];
    this.refusals = [];
    this.#remember();
  }

  get planVersion() {
    return this.#held()?.version ?? 0;
  }

  // 5.3. True when it is news.
  takeConfig(message) {
    const { station, device, root_key: root } = this.identity;
    const opened = openConfig(message, { station, device, root, held: this.trust, knownMs: this.#verifyingMs() });
    const held = this.journal.marks.config;
    const text = message.toString("latin1");
    if (held !== undefined && opened.config.version <= this.config.version) {
      if (text === held) return false;
      throw new Refused("rolled_back", "config");
    }
    const isNewer = opened.trust.serial > this.trust.serial && this.trust.serial > 0;
    const clusterBefore = this.config?.cluster;
    Object.assign(this, opened);
    if (isNewer) this.clock.setFloor(opened.trust.issuedAtMs);
    this.clock.heard(opened.config.issued_at_ms);
    if (isNewer || clusterBefore !== opened.config.cluster) this.#rereadHeld();
    this.journal.step(this.#news(), { config: text, floor: this.clock.floorMs });
    this.#follow();
    return true;
  }

  // 7.2. True when it is news.
  takePlan(message) {
    const opened = this.#opened("plan", message);
    if (opened === null) return false;
    const { version } = opened.payload;
    const held = this.#held();
    const text = message.toString("latin1");
    if (held && version <= held.version) {
      if (text === held.message) return false;
      this.#reject({ code: version < held.version ? "plan_rolled_back" : "plan_equivocated", plan_version: version });
      return false;
    }
    this.clock.heard(opened.payload.issued_at_ms);
    this.plan = opened;
    const plans = { ...this.journal.marks.plans, [this.config.cluster]: { version, message: text } };
    this.journal.step(this.#news(), { plans, floor: this.clock.floorMs });
    this.#follow();
    return true;
  }

  // 10.2.
  takeNow(message) {
    const opened = this.#opened("now", message);
    if (opened === null) return;
    const { payload } = opened;
    if (payload.order && !this.clock.isBelieved) {
      this.waiting = [...this.waiting, message].slice(-WAITING);
      return;
    }
    if (payload.sequence <= (this.journal.marks.sequence ?? 0)) return this.#passed(payload);
    if (payload.order && this.clock.knownMs() > payload.expires_at_ms) {
      this.journal.step(this.#unsaid(payload.order, "rejected", "expired"), { sequence: payload.sequence });
      throw new Refused("expired");
    }
    this.clock.heard(payload.issued_at_ms);
    this.moments = [...this.#standing(), { ...opened, text: message.toString("latin1") }];
    this.journal.step(this.#news(), {
      sequence: payload.sequence,
      moments: this.moments.map(({ text }) => text),
      floor: this.clock.floorMs,
    });
    this.#follow();
  }

  // Orders of the moment that waited for a time to believe.
  takeWaiting(count) {
    const waiting = this.waiting;
    this.waiting = [];
    for (const message of waiting) count(() => this.takeNow(message));
  }

  stopped = (order) =>
    this.stops.some((stop) => stop.order === order.id && [undefined, null, order.repeat ?? 0].includes(stop.repeat));

  // The orders that were received and are stopped, and have no end yet.
  stoppedAndOpen() {
    return this.#orders()
      .map(({ order }) => order)
      .filter((order) => this.stopped(order) && this.journal.hasSaid(order.id, order.repeat, "received"))
      .filter((order) => !this.journal.hasEnded(order.id, order.repeat));
  }

  #passed({ order, stop }) {
    if (order && this.journal.knows(order.id, order.repeat)) return;
    if (stop && this.stops.some((each) => each.order === stop.order && each.repeat === stop.repeat)) return;
    if (order) this.journal.step(this.#unsaid(order, "rejected", "replayed"));
    throw new Refused("rolled_back", "sequence");
  }

  // What a known key should not have signed is said, once (3.7).
  #opened(kind, message) {
    if (this.config === null) throw new Refused("not_configured");
    const { station } = this.identity;
    const address = { station, cluster: this.config.cluster, trust: this.trust, knownMs: this.#verifyingMs() };
    try {
      return openForCluster(kind, message, address);
    } catch (error) {
      if (KNOWN_KEY.has(error.code)) this.#reject({ code: error.code, plan_version: error.version });
      throw error;
    }
  }

  #reject({ code, plan_version: version }) {
    const key = `plan:${version}`;
    const dayAgo = Date.now() - 86400000;
    this.refusals = this.refusals.filter((at) => at > dayAgo);
    if (this.journal.said.get(key)?.has(`rejected:${code}`) || this.refusals.length >= REFUSALS_A_DAY) return;
    this.refusals.push(Date.now());
    this.journal.step([this.stamp({ kind: "rejected", code, plan_version: version })]);
  }

  // 7.3: `received` or `rejected(code)` for what was not said before.
  #news() {
    const statements = [];
    const seen = new Set();
    for (const { order, issuer, version } of this.#orders()) {
      const key = keyOf(order.id, order.repeat);
      if (seen.has(key)) continue;
      seen.add(key);
      const isReceived = this.journal.hasSaid(order.id, order.repeat, "received");
      const refusal = this.#refusal(order, issuer) ?? this.#lateness(order, isReceived);
      const kind = refusal === null ? "received" : "rejected";
      statements.push(...this.#unsaid(order, kind, refusal ?? undefined, version));
    }
    return statements;
  }

  #unsaid(order, kind, code, version) {
    if (this.journal.hasSaid(order.id, order.repeat, kind, code)) return [];
    return [this.stamp({ kind, order: order.id, repeat: order.repeat, code, plan_version: version })];
  }

  #refusal(order, issuer) {
    const soundMs = (order.tone?.duration_ms ?? 0) + lengthOf(order);
    if (order.priority === 1 && !issuer.scopes.includes("emergency")) return "issuer_scope";
    if (order.not_after_ms < order.starts_at_ms) return "never_due";
    if ((order.relay?.duration_ms ?? lengthOf(order)) > (this.config.longest_play_ms ?? LONGEST_PLAY_MS)) return "too_long";
    if (order.relay) return this.#isAllowedHost(order.relay) ? "unsupported" : "relay_host";
    const isQuiet = touchesQuietHours(this.config.quiet_hours, this.#plannedMs(order), soundMs);
    return isQuiet && !order.override ? "quiet_hours" : null;
  }

  #plannedMs(order) {
    return order.starts_at_ms + (order.tone ? 0 : (this.config.stagger_ms ?? 0));
  }

  #isAllowedHost({ url }) {
    const { relay_hosts: hosts = [], station_url: own } = this.config;
    return [...hosts, own && new URL(own).hostname].includes(new URL(url).hostname);
  }

  #lateness(order, isReceived) {
    return !isReceived && this.clock.knownMs() > order.not_after_ms ? "expired" : null;
  }

  // Everything that stands: the plan, and what of the moment is newer than it (10.3).
  #orders() {
    const planned = (this.plan?.payload.orders ?? []).map((order) => ({
      order,
      issuer: this.plan.issuer,
      version: this.plan.payload.version,
    }));
    const moments = this.#standing().filter(({ payload }) => payload.order);
    return [...planned, ...moments.map(({ payload, issuer }) => ({ order: payload.order, issuer }))];
  }

  #standing() {
    const since = this.plan?.payload.issued_at_ms ?? -1;
    return this.moments.filter(({ payload }) => payload.issued_at_ms > since);
  }

  #follow() {
    this.moments = this.#standing();
    const stops = this.moments.map(({ payload }) => payload.stop).filter(Boolean);
    this.stops = [...(this.plan?.payload.stops ?? []), ...stops];
    const before = this.planned;
    this.planned = new Map();
    for (const { order, issuer } of this.#orders()) {
      const key = keyOf(order.id, order.repeat);
      const isReceived = this.journal.hasSaid(order.id, order.repeat, "received");
      if (!isReceived || this.planned.has(key) || this.stopped(order) || this.#refusal(order, issuer) !== null) continue;
      const known = before.get(key);
      const isSame = known && JSON.stringify(known.order) === JSON.stringify(order);
      this.planned.set(key, { order, seenAtMs: isSame ? known.seenAtMs : this.clock.nowMs() });
    }
  }

  #held() {
    return this.config ? this.journal.marks.plans?.[this.config.cluster] : undefined;
  }

  // 3.6: a new keyring, or another cluster: what is held is read again.
  #rereadHeld() {
    const { station } = this.identity;
    // At a start and here not by the time: what was accepted stays accepted (3.4).
    const address = { station, cluster: this.config.cluster, trust: this.trust, knownMs: 0 };
    const read = (kind, text) => {
      try {
        return { ...openForCluster(kind, Buffer.from(text, "latin1"), address), text };
      } catch {
        return null;
      }
    };
    const held = this.#held();
    this.plan = held ? read("plan", held.message) : null;
    this.moments = (this.journal.marks.moments ?? []).map((text) => read("now", text)).filter(Boolean);
  }

  #remember() {
    const { station, device, root_key: root } = this.identity;
    const text = this.journal.marks.config;
    if (text === undefined) return;
    Object.assign(this, openConfig(Buffer.from(text, "latin1"), { station, device, root, held: NOBODY, knownMs: 0 }));
    this.#rereadHeld();
    this.#follow();
  }

  // The only source of time here is the station (3.4).
  #verifyingMs() {
    return this.clock.knownMs();
  }
}
