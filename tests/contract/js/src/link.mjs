// The line to the broker: one connection at a time, all topics after every CONNACK (4).
import mqtt from 'mqtt';
import { Backoff } from './backoff.mjs';
import { trusted } from './fetch.mjs';

const HANDSHAKE_MS = 20_000;
const FAREWELL_MS = 1_000;
const DISK_MS = 5_000; // what could not be written comes again, when the disk may take it
const SESSION_S = 691_200;
const UNKNOWN_VERSION = [1, 132]; // what a broker says that speaks only the other MQTT

export class Link {
  #client = null;
  #ready = false;
  #subscribed = [];
  #backoff = new Backoff(500, 30_000);
  #timers = new Set();
  #closing = false;
  #version = 5; // or 4, which is MQTT 3.1.1

  /** `hooks`: `will()`, `cluster()`, `ready()`, `message(channel, payload)`; null: no channel of its own. */
  constructor(identity, hooks) {
    Object.assign(this, { identity, hooks });
    this.root = `loa/1/${identity.station}/`;
  }

  get ready() {
    return this.#ready;
  }

  #topic(name) {
    return `${this.root}from/${this.identity.device}/${name}`;
  }

  #after(ms, work) {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }

  connect() {
    const { identity } = this;
    const client = mqtt.connect(identity.broker_url, {
      clientId: identity.broker_username,
      username: identity.broker_username,
      password: identity.broker_password,
      protocolVersion: this.#version,
      clean: false,
      properties: this.#version === 5 ? { sessionExpiryInterval: SESSION_S } : undefined,
      keepalive: 30,
      connectTimeout: HANDSHAKE_MS,
      reconnectPeriod: 0, // each connection is a client of its own: nothing is queued beyond it
      resubscribe: false,
      queueQoSZero: false,
      rejectUnauthorized: true,
      ca: identity.broker_url.startsWith('mqtts:') ? trusted(identity.ca_pem) : undefined,
      will: { topic: this.#topic('status'), payload: this.hooks.will(), qos: 1, retain: true },
    });
    this.#client = client;
    const late = this.#after(HANDSHAKE_MS, () => this.#fail(client, 'hand-shake'));
    client.handleMessage = (packet, done) => this.#take(packet, done);
    client.on('connect', () => this.#subscribe(client, late));
    client.on('error', (error) => {
      if (UNKNOWN_VERSION.includes(error.code)) this.#version = this.#version === 5 ? 4 : 5;
      this.#fail(client, error.message);
    });
    client.on('close', () => this.#fail(client, 'closed'));
  }

  /** PUBACK follows only where this calls back without an error (4.4). */
  #take(packet, done) {
    try {
      this.#hand(packet);
      done();
    } catch (error) {
      done(error);
      this.#fail(this.#client, error.message, DISK_MS);
    }
  }

  #hand({ topic, payload }) {
    if (payload.length === 0) return;
    const { device } = this.identity;
    const [channel, name, ...more] = topic.startsWith(this.root) ? topic.slice(this.root.length).split('/') : [];
    const own = channel === 'config' || channel === 'to' ? name === device : name === this.hooks.cluster();
    const known = own && more.length === 0 && ['config', 'to', 'plan', 'now'].includes(channel);
    this.hooks.message(known ? channel : null, payload);
  }

  #wanted() {
    const { device } = this.identity;
    const cluster = this.hooks.cluster();
    const names = [`config/${device}`, `to/${device}`];
    if (cluster !== null) names.push(`plan/${cluster}`, `now/${cluster}`);
    return names.map((name) => this.root + name);
  }

  #subscribe(client, late) {
    this.#subscribed = this.#wanted();
    this.#grant(client, this.#subscribed, () => {
      clearTimeout(late);
      this.#timers.delete(late);
      this.#backoff.reset();
      this.#ready = true;
      this.hooks.ready();
    });
  }

  #grant(client, topics, granted) {
    client.subscribe(topics, { qos: 1 }, (error, grants = []) => {
      if (client !== this.#client) return;
      const refused = grants.some(({ qos }) => qos > 2);
      if (error || refused) this.#fail(client, error?.message ?? 'a topic was refused');
      else granted?.();
    });
  }

  /** After a configuration that moved the device: the topics of the new cluster instead of the old. */
  follow() {
    if (!this.#ready) return;
    const wanted = this.#wanted();
    const gone = this.#subscribed.filter((topic) => !wanted.includes(topic));
    const fresh = wanted.filter((topic) => !this.#subscribed.includes(topic));
    this.#subscribed = wanted;
    if (gone.length > 0) this.#client.unsubscribe(gone);
    if (fresh.length > 0) this.#grant(this.#client, fresh);
  }

  publish(name, message) {
    if (!this.#ready) return;
    this.#client.publish(this.#topic(name), message, { qos: name === 'health' ? 0 : 1, retain: name === 'status' });
  }

  #fail(client, why, least = 0) {
    if (client !== this.#client || client === null || this.#closing) return;
    this.#drop();
    const wait = Math.max(least, this.#backoff.next());
    console.error(`broker: ${why}; again in ${Math.round(wait)} ms`);
    this.#after(wait, () => this.connect());
  }

  #drop() {
    const client = this.#client;
    this.#client = null;
    this.#ready = false;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    client.removeAllListeners();
    client.on('error', () => {});
    client.end(true);
  }

  /** A clean end: the farewell, at most a second for its PUBACK, and a DISCONNECT (4.3). */
  async close(farewell) {
    this.#closing = true;
    const client = this.#client;
    if (this.#ready) {
      await Promise.race([
        client.publishAsync(this.#topic('status'), farewell, { qos: 1, retain: true }).catch(() => {}),
        new Promise((resolve) => setTimeout(resolve, FAREWELL_MS)),
      ]);
      await Promise.race([client.endAsync().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 300))]);
    }
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
