// Status and health: what the device says of itself (15, 16).
import { freemem } from 'node:os';
import { readFileSync, statfsSync } from 'node:fs';
import { randomHex } from './bytes.mjs';
import { quietHours, volumeAt } from './localtime.mjs';
import { mono } from './clock.mjs';

const CODES = 64;

export class Report {
  boot = randomHex(16);
  refused = {};
  selfTest = null;
  #cpu = { used: process.cpuUsage(), at: mono() };

  constructor({ identity, software, signer, clock, journal, desired, audio, sender, home }) {
    Object.assign(this, { identity, software, signer, clock, journal, desired, audio, sender, home });
  }

  count(code) {
    if (code in this.refused || Object.keys(this.refused).length < CODES) this.refused[code] = (this.refused[code] ?? 0) + 1;
  }

  #head(kind) {
    const { station, device } = this.identity;
    return { kind, v: 1, station, device };
  }

  status(online) {
    const { desired, journal } = this;
    return {
      ...this.#head('status'),
      online,
      boot: this.boot,
      software: this.software,
      at_ms: this.clock.now(),
      plan_version: desired.planVersion,
      config_version: desired.configVersion,
      keyring_serial: journal.state.serial ?? 0,
      now_sequence: desired.nowSequence,
      key_id: this.signer.id,
      epoch: journal.state.epoch,
      seq: journal.last,
      previous: journal.state.previous ?? null,
      clock: this.clock.statement(),
      simulated: true,
    };
  }

  /** What a status is published for when it changes. */
  essence() {
    const { desired, journal, clock } = this;
    return [desired.planVersion, desired.configVersion, journal.state.serial, clock.source].join();
  }

  health() {
    const { clock, desired } = this;
    const { config } = desired;
    return {
      ...this.#head('health'),
      boot: this.boot,
      at_ms: clock.now(),
      uptime_s: Math.floor(process.uptime()),
      cpu_temperature_c: temperature(),
      cpu_share: this.#cpuShare(),
      memory_resident_bytes: process.memoryUsage.rss(),
      memory_free_bytes: freemem(),
      disk_free_bytes: diskFree(this.home),
      audio_cache_bytes: this.audio.bytes(),
      volume_percent: volumeAt(config?.volume ?? [], quietHours(config).zone, clock.now()),
      unreceipted: this.sender.unreceipted,
      refused: this.refused,
      self_test: this.selfTest,
      clock: clock.statement(),
      simulated: true,
    };
  }

  #cpuShare() {
    const at = mono();
    const { user, system } = process.cpuUsage(this.#cpu.used);
    const share = (user + system) / 1000 / Math.max(1, at - this.#cpu.at);
    this.#cpu = { used: process.cpuUsage(), at };
    return Math.round(share * 1000) / 1000;
  }
}

function temperature() {
  try {
    return Number(readFileSync('/sys/class/thermal/thermal_zone0/temp', 'utf8')) / 1000;
  } catch {
    return null;
  }
}

function diskFree(folder) {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
