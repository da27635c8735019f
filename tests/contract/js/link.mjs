// Section 4.3: one MQTT connection at a time, and another after each loss.
import mqtt from "mqtt";
import { backoffMs } from "./backoff.mjs";

const HANDSHAKE_MS = 20000;

export class Link {
  constructor(identity, { topics, lastWill, statusTopic, onConnected, onMessage }) {
    Object.assign(this, { identity, topics, lastWill, statusTopic, onConnected, onMessage });
    this.isConnected = false;
    this.attempt = 0;
    this.heard = [];
  }

  start() {
    const client = mqtt.connect(this.identity.broker_url, {
      clientId: this.identity.broker_username,
      username: this.identity.broker_username,
      password: this.identity.broker_password,
      clean: false,
      keepalive: 30,
      protocolVersion: 4,
      reconnectPeriod: 0,
      resubscribe: false,
      connectTimeout: HANDSHAKE_MS,
      ca: this.identity.ca_pem ?? undefined,
      will: { topic: this.statusTopic, payload: this.lastWill(), qos: 1, retain: true },
    });
    this.client = client;
    const patience = setTimeout(() => client.end(true), HANDSHAKE_MS);
    client.on("error", () => client.end(true));
    client.on("connect", () => {
      this.heard = this.topics();
      client.subscribe(this.heard, { qos: 1 }, (error, granted) => {
        if (error || granted.some(({ qos }) => qos > 2)) return client.end(true);
        clearTimeout(patience);
        this.isConnected = true;
        this.attempt = 0;
        this.onConnected();
      });
    });
    // The acknowledgement goes out when this returns: what was accepted is on the disk by then.
    client.handleMessage = (packet, done) => {
      this.onMessage(packet.topic, packet.payload);
      done();
    };
    client.on("close", () => {
      clearTimeout(patience);
      if (this.client !== client) return;
      this.isConnected = false;
      client.end(true);
      this.client = null;
      setTimeout(() => this.start(), backoffMs(this.attempt++, 500, 30000));
    });
  }

  // Subscribe to exactly the present topics.
  hear() {
    const [before, now] = [this.heard, this.topics()];
    if (!this.isConnected) return;
    this.heard = now;
    const left = before.filter((topic) => !now.includes(topic));
    const added = now.filter((topic) => !before.includes(topic));
    if (left.length > 0) this.client.unsubscribe(left);
    if (added.length > 0) {
      this.client.subscribe(added, { qos: 1 }, (error, granted) => {
        if (error || granted.some(({ qos }) => qos > 2)) this.client?.end(true);
      });
    }
  }

  publish(topic, message, { retain = false, qos = 1 } = {}) {
    if (this.isConnected) this.client.publish(topic, message, { qos, retain });
  }

  sayFarewell(done) {
    if (!this.isConnected) return done();
    const { client } = this;
    this.client = null;
    const end = () => client.end(false, {}, done);
    setTimeout(() => client.end(true, {}, done), 1000).unref();
    client.publish(this.statusTopic, this.lastWill(), { qos: 1, retain: true }, end);
  }
}
