// Section 9 to 11: what begins when, what waits, what is cut, and what is said of it.
import { keyOf } from "./journal.mjs";
import { lengthOf, SINK, Stretch } from "./play.mjs";
import { touchesQuietHours } from "./quiet.mjs";

const PREPARED_MS = 2500;
const GRACE_MS = 20000;
const LATE_MS = 2000;
const WORTH_JOINING_MS = 3000;
const BRIDGE_PAUSE_MS = 3000;
const LONGEST_WAIT_MS = 1000;

const EMERGENCY = 1;
const PRIORITY = 2;

const isReal = (order) => order.priority === EMERGENCY && !order.drill;
const rankOf = (order) => (isReal(order) ? 0 : order.priority);
// 9.3: an emergency cuts 2 and 3, and a real one cuts a drill.
const cuts = (order, playing) => order.priority === EMERGENCY && rankOf(order) < rankOf(playing);
const sameOrder = (a, b) => JSON.stringify(a) === JSON.stringify(b);

export class Player {
  constructor({ clock, journal, audio, config, planned, say }) {
    Object.assign(this, { clock, journal, audio, config, planned, say });
    // At most one is on the sink; others may be prepared, or suspended by a cut.
    this.playing = null;
    this.prepared = new Map();
    this.suspended = [];
    this.rejoining = new Set(journal.interrupted());
    this.timer = null;
  }

  instants(order) {
    const stagger = order.tone ? 0 : (this.config()?.stagger_ms ?? 0);
    return { plannedMs: order.starts_at_ms + stagger, lastMs: order.not_after_ms + stagger };
  }

  // Look at everything anew; and again at the next instant that may matter.
  look() {
    clearTimeout(this.timer);
    this.#endInterrupted();
    if (this.clock.isBelieved) this.#decide();
    this.timer = setTimeout(() => this.look(), LONGEST_WAIT_MS);
  }

  // 10.4: silence for one order, wherever it is.
  stop(silences) {
    const playing = this.playing;
    if (playing && silences(playing.order)) {
      const counts = this.#silence();
      this.#state(playing.order, "stopped", { ...counts });
    }
    for (const [key, prepared] of this.prepared) {
      if (silences(prepared.order)) this.#withdraw(key);
    }
    const stopped = this.suspended.filter(({ order }) => silences(order));
    this.suspended = this.suspended.filter(({ order }) => !silences(order));
    stopped.forEach(({ order }) => this.#state(order, "stopped"));
    this.look();
  }

  get isBusy() {
    return this.playing !== null || this.prepared.size > 0;
  }

  // 9.8.
  #endInterrupted() {
    for (const key of this.rejoining) {
      const planned = this.planned().get(key);
      const joins = planned?.order.on_reboot === "join" && !planned.order.tone;
      const endsMs = joins ? this.instants(planned.order).plannedMs + lengthOf(planned.order) : 0;
      if (joins && (!this.clock.isBelieved || this.clock.nowMs() < endsMs - WORTH_JOINING_MS)) continue;
      this.rejoining.delete(key);
      const [order, repeat] = key.split("#");
      this.say({ kind: "failed", order, repeat: Number(repeat), code: "interrupted", simulated: true });
    }
  }

  #decide() {
    const nowMs = this.clock.nowMs();
    if (!this.playing && this.prepared.size === 0 && this.#rejoin(nowMs)) return;
    const able = [];
    for (const [key, { order, seenAtMs }] of this.planned()) {
      if (this.journal.isSettled(order.id, order.repeat) || this.prepared.has(key)) continue;
      if (this.playing?.key === key) continue;
      if (!this.#isGivenUp(order, seenAtMs, nowMs) && this.#mayBePrepared(order, nowMs)) able.push({ key, order });
    }
    able.sort((a, b) => this.#turn(a.order, b.order, nowMs));
    for (const { key, order } of able) {
      if (this.#isFreeFor(order)) this.#prepare(key, order);
    }
    if (!this.playing && this.prepared.size === 0) this.#resume(able);
  }

  #isGivenUp(order, seenAtMs, nowMs) {
    const { plannedMs, lastMs } = this.instants(order);
    const state = order.tone ? "ready" : this.audio.stateOf(order.items);
    const deadlineMs = Math.min(lastMs, Math.max(plannedMs, seenAtMs + GRACE_MS));
    if (nowMs >= plannedMs && state === "mismatched") this.#state(order, "failed", { code: "audio_hash_mismatch" });
    else if (nowMs >= deadlineMs && state === "missing") this.#state(order, "failed", { code: "audio_missing" });
    else if (nowMs > lastMs) this.#state(order, "skipped", { code: "too_late" });
    else return false;
    return true;
  }

  #mayBePrepared(order, nowMs) {
    const isReady = Boolean(order.tone) || this.audio.stateOf(order.items) === "ready";
    return isReady && this.instants(order).plannedMs - PREPARED_MS <= nowMs;
  }

  // What may begin sooner comes first; of those that wait, the more urgent one (9.3).
  #turn(a, b, nowMs) {
    const [first, second] = [this.instants(a).plannedMs, this.instants(b).plannedMs];
    const sooner = Math.max(first, nowMs) - Math.max(second, nowMs);
    const byName = a.id < b.id ? -1 : a.id > b.id ? 1 : (a.repeat ?? 0) - (b.repeat ?? 0);
    return sooner || a.priority - b.priority || first - second || byName;
  }

  // An idle sink takes one order; a busy one only what cuts it.
  #isFreeFor(order) {
    const others = [...this.prepared.values()].map((each) => each.order);
    if (this.playing) others.push(this.playing.order);
    else if (this.suspended.some((each) => order.priority > each.waitsFor)) return false;
    return others.every((other) => cuts(order, other));
  }

  #prepare(key, order) {
    if (!order.tone && this.audio.checkAgain(order.items) !== "ready") return;
    const { plannedMs } = this.instants(order);
    const prepared = { key, order, positionMs: 0, timers: [] };
    this.prepared.set(key, prepared);
    const lead = order.tone ? 0 : 1000 + Math.random() * 500;
    this.#when(prepared, plannedMs - lead, () => this.#commit(prepared, plannedMs));
  }

  // 9.4: at that moment again everything, and `started` on the disk.
  #commit(prepared, plannedMs) {
    const { key, order } = prepared;
    const nowMs = this.clock.nowMs();
    const planned = this.planned().get(key);
    const isHeld = planned && sameOrder(planned.order, order) && !this.journal.isSettled(order.id, order.repeat);
    if (!isHeld || nowMs > this.instants(order).lastMs || !this.clock.isBelieved || !this.#isFree(prepared)) {
      this.#withdraw(key);
      return this.look();
    }
    const lateMs = nowMs - plannedMs;
    if (order.on_reboot === "join" && lateMs > LATE_MS && !order.tone) {
      prepared.positionMs = lateMs;
      if (lengthOf(order) - lateMs < WORTH_JOINING_MS) return this.#giveUp(prepared, "too_late");
    }
    if (!this.isAllowed(order, Math.max(plannedMs, nowMs), prepared.positionMs)) {
      return this.#giveUp(prepared, "quiet_hours");
    }
    if (!order.tone) {
      this.#state(order, "started", { position_ms: prepared.positionMs || undefined });
      prepared.hasStarted = true;
    }
    this.#when(prepared, plannedMs, () => this.#begin(prepared));
  }

  #giveUp(prepared, code) {
    this.#withdraw(prepared.key);
    this.#state(prepared.order, "skipped", { code });
    this.look();
  }

  #isFree({ order }) {
    return !this.playing || cuts(order, this.playing.order);
  }

  #begin(prepared) {
    if (!this.#isFree(prepared)) {
      // It said `started`, and an emergency was quicker: it begins when that has ended.
      this.#when(prepared, this.clock.nowMs() + 50, () => this.#begin(prepared));
      return;
    }
    this.prepared.delete(prepared.key);
    this.#cutPlaying("emergency", prepared.order);
    if (prepared.order.tone) this.#soundTone(prepared);
    else this.#sound(prepared);
  }

  #cutPlaying(code) {
    const playing = this.playing;
    if (!playing) return;
    const counts = this.#silence();
    this.#state(playing.order, "cut", { code, ...counts });
    if (playing.order.on_cut === "resume" && !playing.order.tone) this.#suspend(playing, EMERGENCY);
  }

  #suspend({ key, order, stretch }, waitsFor) {
    this.suspended.push({ key, order, positionMs: Math.round(stretch.reachedMs), waitsFor });
  }

  // 11.2 and 11.3.
  #soundTone(prepared) {
    const { order } = prepared;
    const began = { first_sample_at_us: this.#nowUs(), ...SINK };
    this.playing = { ...prepared, timers: [] };
    const { playing } = this;
    setTimeout(() => this.#state(order, "tone_started", began));
    const bridgeMs = this.#bridgeMs(order) + BRIDGE_PAUSE_MS;
    const goOn = () => {
      if (this.playing !== playing) return;
      if (this.audio.checkAgain(order.items) === "ready") {
        this.#state(order, "started");
        this.#sound(playing);
      } else if (this.clock.nowMs() > this.instants(order).lastMs) {
        this.playing = null;
        this.#state(order, "failed", { code: "audio_missing" });
        this.look();
      } else {
        playing.timers.push(setTimeout(goOn, bridgeMs));
      }
    };
    playing.timers.push(setTimeout(goOn, order.tone.duration_ms));
  }

  #bridgeMs(order) {
    const warning = (this.config()?.warnings ?? []).find(({ hazard }) => hazard === order.hazard);
    const isHere = warning && this.audio.stateOf([warning.item]) === "ready";
    return isHere ? warning.item.duration_ms : order.tone.duration_ms;
  }

  #sound({ key, order, positionMs = 0 }) {
    const playing = { key, order, timers: [] };
    this.playing = playing;
    playing.stretch = new Stretch(order, {
      positionMs,
      nowUs: () => this.#nowUs(),
      onPart: (part) => this.#state(order, "item_started", { ...part, ...SINK }),
      onBoundary: (atMs) => this.#letPriorityIn(playing, atMs),
      onEnd: (counts) => {
        this.playing = null;
        this.#state(order, "finished", counts);
        this.look();
      },
    });
  }

  // 9.3: 2 goes first at the next item boundary of a 3, whatever its on_cut says.
  #letPriorityIn(playing, atMs) {
    const nowMs = this.clock.nowMs();
    const waits = [...this.planned()].some(
      ([key, { order }]) =>
        order.priority === PRIORITY &&
        playing.order.priority > PRIORITY &&
        key !== playing.key &&
        !this.journal.isSettled(order.id, order.repeat) &&
        this.instants(order).plannedMs <= nowMs &&
        nowMs <= this.instants(order).lastMs &&
        this.audio.stateOf(order.items) === "ready",
    );
    if (!waits) return false;
    const counts = playing.stretch.end(atMs);
    const reached = playing.stretch.reached;
    this.playing = null;
    this.#state(playing.order, "cut", { code: "priority", ...counts, ...reached });
    this.#suspend(playing, PRIORITY);
    setTimeout(() => this.look());
    return true;
  }

  // 9.6: with the very next sample, when nothing that it waits for is due.
  #resume(able) {
    const last = this.suspended.at(-1);
    if (!last || able.some(({ order }) => order.priority <= last.waitsFor)) return;
    this.suspended.pop();
    const { key, order, positionMs } = last;
    if (!this.isAllowed(order, this.clock.nowMs(), positionMs)) return this.look();
    this.#state(order, "resumed", { position_ms: positionMs });
    this.#sound({ key, order, positionMs });
  }

  // 9.8: where it would be by now.
  #rejoin(nowMs) {
    for (const key of this.rejoining) {
      const { order } = this.planned().get(key);
      const positionMs = Math.max(0, nowMs - this.instants(order).plannedMs);
      const isReady = this.audio.stateOf(order.items) === "ready";
      if (!isReady || !this.isAllowed(order, nowMs, positionMs)) continue;
      this.rejoining.delete(key);
      this.#state(order, "resumed", { code: "rebooted", position_ms: positionMs });
      this.#sound({ key, order, positionMs });
      return true;
    }
    return false;
  }

  // 9.5.
  isAllowed(order, atMs, positionMs = 0) {
    const soundMs = (order.tone?.duration_ms ?? 0) + lengthOf(order) - positionMs;
    const quiet = this.config()?.quiet_hours;
    return Boolean(order.override) || !touchesQuietHours(quiet, atMs, soundMs);
  }

  // Silence at once; what left the device is counted.
  #silence() {
    const { stretch, timers } = this.playing;
    timers.forEach(clearTimeout);
    this.playing = null;
    return stretch ? { ...stretch.end(), ...stretch.reached } : {};
  }

  // What has said `started` and did not sound is said to have been broken off without a sound.
  #withdraw(key) {
    const prepared = this.prepared.get(key);
    prepared.timers.forEach(clearTimeout);
    this.prepared.delete(key);
  }

  #when(prepared, atMs, then) {
    const wait = () => {
      const leftMs = atMs - this.clock.now();
      if (leftMs <= 0) then();
      else prepared.timers.push(setTimeout(wait, Math.min(leftMs, LONGEST_WAIT_MS)));
    };
    wait();
  }

  #nowUs() {
    return Math.round(this.clock.now() * 1000);
  }

  #state(order, kind, fields = {}) {
    this.say({ kind, order: order.id, repeat: order.repeat, simulated: true, ...fields });
  }
}

export { keyOf };
