// Reading what comes from the station: whom to trust, for which topic, signed by which key (2.6, 3).
import { Refusal, unfold, unverified, verified } from './envelope.mjs';
import { isObject } from './bytes.mjs';
import { keyId } from './keys.mjs';

const EARLY_MS = 300_000;
const KINDS = { config: ['config'], plan: ['plan'], now: ['now'], to: ['receipt', 'time', 'command'] };
const BY_CLUSTER = new Set(['plan', 'now', 'config']);

export class Reader {
  constructor({ station, device, rootKey, schemas }) {
    Object.assign(this, { station, device, rootKey, schemas });
    this.rootId = keyId(rootKey);
  }

  /** The issuers of a keyring that the root signed for this station (3.2). */
  keyring(message, heldSerial) {
    const unfolded = unfold(Buffer.from(message), ['keyring']);
    const payload = verified(unfolded, unfolded.kid === this.rootId ? this.rootKey : null, this.schemas);
    if (payload.station !== this.station) throw new Refusal('wrong_address');
    if (payload.serial < heldSerial) throw new Refusal('rolled_back');
    const issuers = new Map(payload.keys.map((issuer) => [keyId(issuer.key), issuer]));
    return { serial: payload.serial, issuedAt: payload.issued_at_ms, issuers };
  }

  /**
   * One message of a channel, by all checks but those of versions.
   * `trust`: `keyring` (or null), `cluster`, and `time`, the T of 3.4 (null: validity is not asked).
   */
  read(channel, message, { keyring, cluster, time }) {
    const unfolded = unfold(message, KINDS[channel]);
    return this.#checked(unfolded, { keyring, cluster, time });
  }

  /** A configuration, with the keyring inside it read first. `timeFor(keyring)` gives the T of 3.4. */
  config(message, heldSerial, timeFor) {
    const unfolded = unfold(message, KINDS.config);
    const claimed = unverified(unfolded.parts);
    if (!isObject(claimed) || typeof claimed.keyring !== 'string' || claimed.keyring.length > 16_384) {
      throw new Refusal('malformed');
    }
    const keyring = this.keyring(claimed.keyring, heldSerial);
    const { payload } = this.#checked(unfolded, { keyring, cluster: null, time: timeFor(keyring) });
    return { payload, keyring };
  }

  #checked(unfolded, { keyring, cluster, time }) {
    const { kind, kid } = unfolded;
    const issuer = keyring?.issuers.get(kid);
    const payload = verified(unfolded, issuer?.key, this.schemas);
    const forCluster = kind === 'plan' || kind === 'now';
    const addressed = forCluster ? payload.cluster === cluster : payload.device === this.device;
    if (payload.station !== this.station || !addressed) throw new Refusal('wrong_address');
    const limits = BY_CLUSTER.has(kind) ? issuer.clusters ?? [] : [];
    if (!issuer.scopes.includes(kind) || (limits.length > 0 && !limits.includes(payload.cluster))) {
      throw new Refusal('issuer_scope', payload);
    }
    if (time !== null && !inTime(issuer, kind, payload, time)) throw new Refusal('key_expired', payload);
    return { kind, payload, issuer };
  }
}

function inTime(issuer, kind, payload, time) {
  const issued = kind === 'time' ? payload.at_ms : payload.issued_at_ms;
  const known = kind === 'time' ? payload.at_ms : time;
  return issuer.not_before_ms - EARLY_MS <= issued && issued <= issuer.not_after_ms && known <= issuer.not_after_ms;
}
