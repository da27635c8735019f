"""A station's keys for tests: made up, the same in every run, and what a device sees of them."""

from nacl.encoding import HexEncoder
from nacl.signing import SigningKey

from broadcaster.keys import StationKeys
from devices.protocol.configuration import IssuerKey, Keyring, Scope
from devices.protocol.envelope import open_plan
from devices.protocol.keyring import Trust, issuer_of, open_keyring, seal_keyring
from devices.protocol.messages import Plan

ROOT = SigningKey(b"r" * 32)
STATION_ID = "st-thuong"
FAR_MS = 253_402_127_999_999
"""The last instant of the contract: these keys end with it."""


def issuer(key: SigningKey) -> IssuerKey:
    """A key that may sign everything, always."""
    return issuer_of(key, name="Đài", scopes=Scope, not_before_ms=0, not_after_ms=FAR_MS)


def made_keys(
    station_id: str = STATION_ID, *, seed: bytes = b"k", serial: int = 1, also: bytes = b""
) -> StationKeys:
    """The keys of a station; `also` are the seeds of other keys that its keyring names."""
    key = SigningKey(seed * 32)
    others = [SigningKey(bytes([each]) * 32) for each in also]
    ring = Keyring(
        station=station_id,
        serial=serial,
        issued_at_ms=0,
        keys=tuple(issuer(each) for each in (key, *others)),
    )
    return StationKeys(
        signing_key=key,
        keyring=seal_keyring(ring, root=ROOT),
        root_public_key=ROOT.verify_key.encode(HexEncoder).decode(),
    )


def trust_of(keys: StationKeys) -> Trust:
    """What a device that pinned the root makes of them."""
    return open_keyring(keys.keyring.encode(), station=keys.ring.station, root=ROOT.verify_key)


def plan_as_devices_see(
    message: str | bytes, *, keys: StationKeys, station: str = STATION_ID, cluster: str
) -> Plan:
    """A plan, verified as a device verifies it."""
    raw = message.encode() if isinstance(message, str) else message
    plan, _ = open_plan(raw, station=station, cluster=cluster, trust=trust_of(keys), now_ms=0)
    return plan
