// The device as a whole: what comes from the station goes to the part that it concerns.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Audio } from './audio.mjs';
import { Backoff } from './backoff.mjs';
import { Clock } from './clock.mjs';
import { Desired } from './desired.mjs';
import { Refusal, seal } from './envelope.mjs';
import { Journal } from './journal.mjs';
import { Signer } from './keys.mjs';
import { Link } from './link.mjs';
import { quietHours, touchesQuiet } from './localtime.mjs';
import { Player } from './player.mjs';
import { Reader } from './reader.mjs';
import { Report } from './report.mjs';
import { Schemas } from './schemas.mjs';
import { Sender } from './sender.mjs';

const ASK_MS = 15 * 60_000;
const HEALTH_MS = 60_000;
const STATUS_MS = 1_000;
const TIDY_MS = 60_000;

export class Device {
  #asking = new Backoff(2_000, 60_000);
  #askTimer = null;
  #statusTimer = null;
  #statusAt = -Infinity;
  #essence = '';

  constructor(home, docsFolder, software) {
    const identity = JSON.parse(readFileSync(join(home, 'identity.json'), 'utf8'));
    const schemas = new Schemas(docsFolder);
    const signer = new Signer(identity.device_key);
    const { station, device } = identity;
    const journal = new Journal(home, identity, {
      now: () => this.clock.now(),
      floor: () => this.clock.floor,
      changed: () => this.sender.written(),
      standing: (key) => this.desired.stands(key),
    });
    this.clock = new Clock({ floor: journal.state.floor, kernel: journal.state.kernel });
    const clock = this.clock;
    const reader = new Reader({ station, device, rootKey: identity.root_key, schemas });
    Object.assign(this, { identity, signer, journal, reader });
    this.sender = new Sender(journal, clock, {
      identity, ready: () => this.link.ready, send: (batch) => this.#publish('confirm', batch),
    });
    this.desired = new Desired({
      identity, journal, clock, reader,
      changed: () => this.#changed(), ask: () => this.#ask(), owe: (drafts) => this.player.owe(drafts),
    });
    this.audio = new Audio(join(home, 'audio'), identity.ca_pem, {
      now: () => clock.now(),
      url: () => this.desired.config?.station_url ?? identity.station_url,
      changed: () => this.player.look(),
    });
    this.player = new Player({ clock, journal, desired: this.desired, audio: this.audio });
    this.report = new Report({ ...this, software, home });
    this.link = new Link(identity, {
      will: () => seal(signer, 'status', this.report.status(false)),
      cluster: () => this.desired.cluster,
      ready: () => this.#connected(),
      message: (channel, payload) => this.#take(channel, payload),
    });
  }

  start() {
    this.player.restore();
    if (this.clock.believed) this.#timed();
    this.#changed();
    this.link.connect();
    setInterval(() => {
      if (this.link.ready) this.#publish('health', this.report.health());
    }, HEALTH_MS);
    setInterval(() => {
      if (this.journal.state.floor !== this.clock.floor) this.journal.try([], { floor: this.clock.floor });
      this.journal.tidy();
      this.audio.want(this.player.wishes());
    }, TIDY_MS);
  }

  async stop() {
    await this.link.close(seal(this.signer, 'status', this.report.status(false)));
  }

  #publish(kind, payload) {
    this.link.publish(kind, seal(this.signer, kind, payload));
  }

  #connected() {
    this.#status();
    this.#asking.reset();
    this.#ask();
    this.sender.anew();
  }

  #status() {
    clearTimeout(this.#statusTimer);
    this.#statusTimer = null;
    this.#statusAt = performance.now();
    this.#essence = this.report.essence();
    this.#publish('status', this.report.status(true));
  }

  /** Publishes the status where it tells something new; at most once a second. */
  #statusSoon() {
    if (!this.link.ready || this.#statusTimer || this.report.essence() === this.#essence) return;
    const wait = Math.max(0, this.#statusAt + STATUS_MS - performance.now());
    this.#statusTimer = setTimeout(() => {
      this.#statusTimer = null;
      if (this.link.ready) this.#status();
    }, wait);
  }

  #ask() {
    clearTimeout(this.#askTimer);
    if (!this.link.ready) return;
    const { station, device } = this.identity;
    const { nonce, at } = this.clock.ask();
    this.#publish('ask', { kind: 'ask', v: 1, station, device, nonce, at_ms: at });
    this.#askTimer = setTimeout(() => this.#ask(), this.#asking.next());
  }

  /** What is desired has changed. */
  #changed() {
    this.audio.want(this.player.wishes());
    this.player.look();
  }

  #take(channel, message) {
    try {
      if (channel === null) throw new Refusal('wrong_address');
      if (channel === 'to') this.#takeOwn(message);
      else if (channel === 'config') this.#takeConfig(message);
      else if (!this.desired.config) throw new Refusal('not_configured');
      else if (channel === 'plan') this.desired.onPlan(message);
      else this.desired.onNow(message);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.report.count(error.code);
      const said = error.payload && (channel === 'plan' || channel === 'now');
      if (said) this.desired.refused(channel, error.code, error.payload);
    }
    this.#statusSoon();
  }

  #takeConfig(message) {
    const { cluster, configVersion } = this.desired;
    this.desired.onConfig(message);
    if (this.desired.cluster !== cluster) this.link.follow();
    if (this.desired.configVersion !== configVersion && this.clock.source !== 'station') this.#ask();
  }

  #takeOwn(message) {
    const { kind, payload } = this.reader.read('to', message, this.desired.trust());
    if (kind === 'time') this.#takeTime(payload);
    else if (kind === 'receipt') {
      if (!this.sender.receipt(payload)) throw new Refusal('receipt_unfounded');
      this.clock.raiseFloor(payload.issued_at_ms);
    } else this.#takeCommand(payload);
  }

  #takeTime({ nonce, at_ms: at }) {
    if (!this.clock.answer(nonce, at)) throw new Refusal('unasked_answer');
    this.#asking.reset();
    clearTimeout(this.#askTimer);
    this.#askTimer = setTimeout(() => this.#ask(), ASK_MS);
    this.#timed();
    this.player.look();
  }

  #timed() {
    if (this.journal.state.kernel !== this.clock.kernel) this.journal.commit([], { kernel: this.clock.kernel });
    for (const code of this.desired.timed()) this.report.count(code);
  }

  #takeCommand(command) {
    if (command.sequence <= (this.journal.state.commandSequence ?? 0)) throw new Refusal('rolled_back');
    if (this.clock.believed && this.clock.now() > command.expires_at_ms) throw new Refusal('expired');
    this.clock.raiseFloor(command.issued_at_ms);
    this.journal.commit([], { commandSequence: command.sequence });
    if (command.self_test) this.#selfTest(command.self_test.duration_ms ?? 1_000);
    else if (!this.sender.resync(command.resync)) throw new Refusal('receipt_unfounded');
  }

  /** A quiet tone through the silent sink; there is no microphone to hear it (14). */
  #selfTest(length) {
    const now = this.clock.now();
    const result = (detail) => {
      this.report.selfTest = { at_ms: now, played: detail === '', heard: null, level_dbfs: null, detail };
    };
    if (!this.clock.believed) result('untimed');
    else if (this.player.busy(length)) result('busy');
    else if (touchesQuiet(quietHours(this.desired.config), now, length)) result('quiet_hours');
    else setTimeout(() => result(this.player.current ? 'busy' : ''), length);
  }
}
