// Section 3: the pinned root vouches for a keyring, the keyring for everything else.
import { keyIdOf } from "./bytes.mjs";
import { open, Refused, unverifiedPayload } from "./envelope.mjs";

const LEEWAY_MS = 300000;

export class Trust {
  constructor(keyring = null) {
    this.serial = keyring?.serial ?? 0;
    this.issuedAtMs = keyring?.issued_at_ms ?? 0;
    this.issuers = new Map((keyring?.keys ?? []).map((issuer) => [keyIdOf(issuer.key), issuer]));
  }

  // 3.3 and 3.4.
  check(keyId, { scope, issuedAtMs, knownMs, cluster, version }) {
    const issuer = this.issuers.get(keyId);
    const clusters = issuer.clusters ?? [];
    const elsewhere = cluster !== undefined && clusters.length > 0 && !clusters.includes(cluster);
    if (!issuer.scopes.includes(scope) || elsewhere) throw new Refused("issuer_scope", issuer.name, version);
    const early = issuedAtMs < issuer.not_before_ms - LEEWAY_MS;
    if (early || issuedAtMs > issuer.not_after_ms || knownMs > issuer.not_after_ms) {
      throw new Refused("key_expired", issuer.name, version);
    }
    return issuer;
  }

  keyOf = (keyId) => this.issuers.get(keyId)?.key;
}

export const NOBODY = new Trust();

export function openKeyring(message, { station, root }) {
  const { payload } = open(Buffer.from(message), ["keyring"], (id) => (id === keyIdOf(root) ? root : undefined));
  if (payload.station !== station) throw new Refused("wrong_address", payload.station);
  return new Trust(payload);
}

export function openConfig(message, { station, device, root, held, knownMs }) {
  const claimed = unverifiedPayload(message, "config");
  const trust = openKeyring(claimed.keyring, { station, root });
  if (trust.serial < held.serial) throw new Refused("rolled_back", "keyring");
  const { payload, keyId } = open(message, ["config"], trust.keyOf);
  checkAddress(payload, { station, device });
  checkZone(payload.quiet_hours?.zone);
  const issuedAtMs = payload.issued_at_ms;
  trust.check(keyId, { scope: "config", issuedAtMs, knownMs, cluster: payload.cluster });
  return { config: payload, trust };
}

export function openForCluster(kind, message, { station, cluster, trust, knownMs }) {
  const { payload, keyId } = open(message, [kind], trust.keyOf);
  checkAddress(payload, { station, cluster });
  const version = payload.version;
  const issuer = trust.check(keyId, {
    scope: kind,
    issuedAtMs: payload.issued_at_ms,
    knownMs,
    cluster,
    version,
  });
  return { payload, issuer };
}

export function openToDevice(message, { station, device, trust, knownMs }) {
  const { kind, payload, keyId } = open(message, ["receipt", "time", "command"], trust.keyOf);
  checkAddress(payload, { station, device });
  const isTime = kind === "time";
  trust.check(keyId, {
    scope: kind,
    issuedAtMs: isTime ? payload.at_ms : payload.issued_at_ms,
    knownMs: isTime ? payload.at_ms : knownMs,
  });
  return { kind, payload };
}

function checkAddress(payload, address) {
  for (const [member, value] of Object.entries(address)) {
    if (payload[member] !== value) throw new Refused("wrong_address", payload[member]);
  }
}

function checkZone(zone) {
  try {
    if (zone !== undefined) new Intl.DateTimeFormat("en", { timeZone: zone });
  } catch {
    throw new Refused("malformed", "zone");
  }
}
