"""Who may have signed a message: the root key vouches for the keyring, the keyring for the rest.

The invariant: nothing from the station is believed whose key the newest keyring does not name for
this kind, this cluster and this time. A key revoked by a newer keyring stays revoked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from nacl.encoding import HexEncoder
from nacl.signing import SigningKey, VerifyKey

from devices.errors import KeyExpired, MalformedMessage, OutsideScope, WrongAddress
from devices.protocol.configuration import IssuerKey, Keyring, Level, Scope
from devices.protocol.jws import key_id, seal, unseal
from devices.protocol.messages import Typ, decode, encode

CLOCK_LEEWAY_MS = 300_000
"""How far a station's clock may be ahead of a device's when a key's first day begins."""


@dataclass(frozen=True, slots=True)
class Trust:
    """The keys of one keyring, ready to verify with; `serial` 0 trusts nobody."""

    serial: int
    issued_at_ms: int
    issuers: Mapping[str, IssuerKey]
    keys: Mapping[str, VerifyKey]

    def check(
        self,
        key_id: str,
        *,
        scope: Scope,
        issued_at_ms: int,
        now_ms: int,
        cluster: str | None = None,
        version: int | None = None,
    ) -> IssuerKey:
        """Return the issuer whose key it is, if it may sign this now; raise what does not hold.

        Raises OutsideScope or KeyExpired, which carry `version`; a key that is in no keyring
        never verified anything.
        """
        issuer = self.issuers[key_id]
        refusal = _refusal(
            issuer, scope=scope, issued_at_ms=issued_at_ms, now_ms=now_ms, cluster=cluster
        )
        if refusal is not None:
            refusal.version = version
            raise refusal
        return issuer


def _refusal(
    issuer: IssuerKey, *, scope: Scope, issued_at_ms: int, now_ms: int, cluster: str | None
) -> OutsideScope | KeyExpired | None:
    if scope not in issuer.scopes:
        return OutsideScope(f"{issuer.name}: {scope}")
    if cluster is not None and issuer.clusters and cluster not in issuer.clusters:
        return OutsideScope(f"{issuer.name}: {cluster}")
    first_ms = issuer.not_before_ms - CLOCK_LEEWAY_MS
    issued_in_time = first_ms <= issued_at_ms <= issuer.not_after_ms
    if not issued_in_time or now_ms > issuer.not_after_ms:
        return KeyExpired(issuer.name)
    return None


NOBODY = Trust(serial=0, issued_at_ms=0, issuers={}, keys={})


def trust_in(keyring: Keyring) -> Trust:
    """Make a keyring ready to verify with; raise MalformedMessage for a key that is none."""
    keys: dict[str, VerifyKey] = {}
    issuers: dict[str, IssuerKey] = {}
    for issuer in keyring.keys:
        try:
            key = VerifyKey(issuer.key.encode(), encoder=HexEncoder)
        except (ValueError, TypeError) as error:
            raise MalformedMessage("keyring") from error
        keys[key_id(key)] = key
        issuers[key_id(key)] = issuer
    return Trust(
        serial=keyring.serial, issued_at_ms=keyring.issued_at_ms, issuers=issuers, keys=keys
    )


def seal_keyring(keyring: Keyring, *, root: SigningKey) -> str:
    """Sign a keyring with the root key."""
    return seal(encode(keyring), typ=Typ.KEYRING, key=root)


def open_keyring(message: bytes, *, station: str, root: VerifyKey) -> Trust:
    """Verify a keyring against the pinned root; raise a ContractViolation when it does not hold."""
    sealed = unseal(message, typ=Typ.KEYRING, trusted={key_id(root): root})
    its_station, trust = _trust_of(sealed.payload)
    if its_station != station:
        raise WrongAddress(its_station)
    return trust


@lru_cache(maxsize=8)
def _trust_of(payload: bytes) -> tuple[str, Trust]:
    """The station that a verified keyring is of, and its keys, made ready once in a process."""
    keyring = decode(payload, Keyring)
    return keyring.station, trust_in(keyring)


def issuer_of(
    key: SigningKey,
    *,
    name: str,
    scopes: Iterable[Scope],
    not_before_ms: int,
    not_after_ms: int,
    level: Level = Level.COMMUNE,
    clusters: Iterable[str] = (),
) -> IssuerKey:
    """Describe a signing key for a keyring."""
    return IssuerKey(
        key=key.verify_key.encode(HexEncoder).decode(),
        name=name,
        level=level,
        scopes=tuple(scopes),
        not_before_ms=not_before_ms,
        not_after_ms=not_after_ms,
        clusters=tuple(clusters),
    )
