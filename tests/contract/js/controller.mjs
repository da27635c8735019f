// A small controller after CONTRACT.md, without a loudspeaker: `node controller.mjs HOME CONTRACT`.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Agenda } from "./agenda.mjs";
import { Audio } from "./audio.mjs";
import { backoffMs } from "./backoff.mjs";
import { SigningKey } from "./bytes.mjs";
import { entryHash } from "./chain.mjs";
import { monotonicMs, StationClock } from "./clock.mjs";
import { Refused, seal, useContract } from "./envelope.mjs";
import { Journal } from "./journal.mjs";
import { Link } from "./link.mjs";
import { Outbox } from "./outbox.mjs";
import { lengthOf } from "./play.mjs";
import { keyOf, Player } from "./player.mjs";
import { loudestPercent, touchesQuietHours } from "./quiet.mjs";
import { openToDevice } from "./trust.mjs";

const [home, contract] = process.argv.slice(2);
const HEALTH_MS = 60000;
const ASK_AGAIN_MS = 900000;

useContract(contract);
const identity = JSON.parse(readFileSync(join(home, "identity.json"), "utf8"));
const { station, device } = identity;
const key = new SigningKey(identity.device_key);
const boot = randomBytes(16).toString("hex");
const topicOf = (branch, name) => `loa/1/${station}/${branch}/${name}`;
const upward = (what) => topicOf("from", `${device}/${what}`);

const journal = new Journal(home, { station, device });
const clock = new StationClock(journal.marks.floor ?? 0);
const refused = {};
let selfTest = null;

const stamp = (statement) => ({ at_ms: clock.nowMs(), simulated: true, ...statement });
const agenda = new Agenda({ identity, journal, clock, stamp });
const audio = new Audio(home, {
  urlOf: (sha256) => `${agenda.config?.station_url ?? identity.station_url}/audio/${sha256}.mp3`,
  nowMs: () => clock.nowMs(),
  onChange: () => audioChanged(),
});
const say = (statement) => {
  journal.step([stamp(statement)]);
  outbox.wake();
};
const player = new Player({
  clock,
  journal,
  audio,
  config: () => agenda.config,
  planned: () => agenda.planned,
  say,
});

const status = (online) =>
  seal(
    "status",
    {
      station,
      device,
      online,
      boot,
      software: "contract-js/1",
      at_ms: clock.nowMs(),
      plan_version: agenda.planVersion,
      config_version: agenda.config?.version ?? 0,
      keyring_serial: agenda.trust.serial,
      now_sequence: journal.marks.sequence ?? 0,
      key_id: key.keyId,
      epoch: journal.marks.epoch,
      seq: journal.seq,
      clock: clock.statement(),
      simulated: true,
    },
    key,
  );

const link = new Link(identity, {
  statusTopic: upward("status"),
  lastWill: () => status(false),
  topics: () => {
    const own = [topicOf("config", device), topicOf("to", device)];
    const cluster = agenda.config?.cluster;
    return cluster ? [...own, topicOf("plan", cluster), topicOf("now", cluster)] : own;
  },
  onConnected: () => {
    sayStatus();
    ask(true);
    outbox.reconnected();
  },
  onMessage: (topic, message) => counted(() => take(topic, message)),
});
const outbox = new Outbox({ journal, link, sealBatch, topic: upward("confirm") });

function sealBatch(first, entries) {
  const batch = { station, device, epoch: journal.marks.epoch, first, entries };
  return seal("confirm", { ...batch, sent_at_ms: clock.nowMs(), clock: clock.statement() }, key);
}

function sayStatus() {
  link.publish(upward("status"), status(true), { retain: true });
}

// What the contract does not allow is counted and never acted on (2.7, 16.2).
function counted(taking) {
  try {
    taking();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    refused[error.code] = (refused[error.code] ?? 0) + 1;
    outbox.wake();
  }
}

function take(topic, message) {
  if (message.length === 0) return;
  const cluster = agenda.config?.cluster;
  if (topic === topicOf("config", device)) {
    if (agenda.takeConfig(message)) {
      link.hear();
      sayStatus();
    }
  } else if (topic === topicOf("to", device)) {
    takeWord(message);
  } else if (cluster && topic === topicOf("plan", cluster)) {
    if (agenda.takePlan(message)) sayStatus();
  } else if (cluster && topic === topicOf("now", cluster)) {
    agenda.takeNow(message);
    if (agenda.waiting.length > 0) ask(true);
  } else {
    throw new Refused("wrong_address", topic);
  }
  agendaChanged();
}

function takeWord(message) {
  const { kind, payload } = openToDevice(message, { station, device, trust: agenda.trust, knownMs: clock.knownMs() });
  if (kind === "receipt") takeReceipt(payload);
  else if (kind === "time") takeTime(payload);
  else takeCommand(payload);
}

// 13.8.
function takeReceipt({ epoch, seq, chain }) {
  const entry = journal.entries[seq - 1];
  if (epoch !== journal.marks.epoch || entry === undefined || entryHash(entry) !== chain) {
    throw new Refused("receipt_unfounded");
  }
  if (seq > journal.receipted) journal.receipt(seq);
  outbox.wake();
}

// 6.2.
const questions = new Map();
let asked = 0;
let askTimer = null;

function ask(isNew = false) {
  clearTimeout(askTimer);
  if (isNew) asked = 0;
  askTimer = setTimeout(ask, backoffMs(asked++, 2000, 60000));
  if (!link.isConnected) return;
  const nonce = randomBytes(16).toString("hex");
  questions.set(nonce, monotonicMs());
  link.publish(upward("ask"), seal("ask", { station, device, nonce, at_ms: clock.nowMs() }, key));
}

function takeTime({ nonce, at_ms: atMs }) {
  const askedMs = questions.get(nonce);
  if (askedMs === undefined) throw new Refused("unasked_answer");
  questions.delete(nonce);
  if (!clock.answered({ askedMs, atMs })) return;
  clearTimeout(askTimer);
  askTimer = setTimeout(() => ask(true), ASK_AGAIN_MS);
  agenda.takeWaiting(counted);
}

// 14.
function takeCommand({ sequence, expires_at_ms: expiresAtMs, resync, self_test: test }) {
  if (sequence <= (journal.marks.command ?? 0)) throw new Refused("rolled_back", "command");
  if (clock.isBelieved && clock.nowMs() > expiresAtMs) throw new Refused("expired");
  journal.step([], { command: sequence });
  if (test) testSelf(test.duration_ms ?? 1000);
  if (!resync) return;
  if (resync.epoch !== journal.marks.epoch || resync.after_seq > journal.seq) throw new Refused("receipt_unfounded");
  journal.rewind(resync.after_seq);
  outbox.rewound();
}

function testSelf(durationMs) {
  const isQuiet = agenda.config && touchesQuietHours(agenda.config.quiet_hours, clock.nowMs(), durationMs);
  const detail = !clock.isBelieved ? "untimed" : player.isBusy ? "busy" : isQuiet ? "quiet_hours" : "";
  const result = { at_ms: clock.nowMs(), played: detail === "", heard: null, detail };
  setTimeout(() => (selfTest = result), detail === "" ? durationMs : 0);
}

// Whatever came, every consequence is drawn: what is stopped, what is wanted, what is due.
function agendaChanged() {
  const isStopped = (order) => agenda.stopped(order) && !journal.hasEnded(order.id, order.repeat);
  player.stop(isStopped);
  for (const order of agenda.stoppedAndOpen()) say({ kind: "stopped", order: order.id, repeat: order.repeat });
  wantAudio();
  audioChanged();
  outbox.wake();
}

function wantAudio() {
  const wants = new Map();
  const open = [...agenda.planned.values()].filter(({ order }) => !journal.hasEnded(order.id, order.repeat));
  open.sort((a, b) => a.order.starts_at_ms - b.order.starts_at_ms);
  for (const { order } of open) {
    for (const item of order.items) {
      const before = wants.get(item.sha256);
      const usefulUntilMs = Math.max(before?.usefulUntilMs ?? 0, order.not_after_ms + lengthOf(order));
      wants.set(item.sha256, { item, neededAtMs: before?.neededAtMs ?? order.starts_at_ms, usefulUntilMs });
    }
  }
  for (const { item } of agenda.config?.warnings ?? []) {
    if (!wants.has(item.sha256)) wants.set(item.sha256, { item, neededAtMs: Infinity, usefulUntilMs: Infinity });
  }
  audio.want([...wants.values()]);
}

// 8.3: `cached`, once.
function audioChanged() {
  for (const { order } of agenda.planned.values()) {
    const isNews = !journal.hasSaid(order.id, order.repeat, "cached") && !journal.isSettled(order.id, order.repeat);
    if (isNews && audio.stateOf(order.items) === "ready") say({ kind: "cached", order: order.id, repeat: order.repeat });
  }
  player.look();
}

// 16.
function sayHealth() {
  const zone = agenda.config?.quiet_hours?.zone ?? "Asia/Ho_Chi_Minh";
  const health = {
    station,
    device,
    boot,
    at_ms: clock.nowMs(),
    uptime_s: Math.floor(process.uptime()),
    memory_resident_bytes: process.memoryUsage.rss(),
    volume_percent: loudestPercent(agenda.config?.volume, zone, clock.nowMs()),
    unreceipted: journal.seq - journal.receipted,
    refused,
    self_test: selfTest,
    clock: clock.statement(),
    simulated: true,
  };
  link.publish(upward("health"), seal("health", health, key), { qos: 0 });
}

process.on("SIGTERM", () => link.sayFarewell(() => process.exit(0)));
setInterval(sayHealth, HEALTH_MS);
link.start();
agendaChanged();
console.log(JSON.stringify({ ready: true, device, epoch: journal.marks.epoch, key: keyOf(device) }));
