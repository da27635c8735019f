"""The vectors' keys, each from a seed that is its name; and the reader to whom all is said."""

import hashlib
from collections.abc import Iterable

from nacl.encoding import HexEncoder
from nacl.signing import SigningKey

from devices.protocol.configuration import Config, IssuerKey, Keyring, QuietHours, Scope
from devices.protocol.envelope import seal_message
from devices.protocol.jws import key_id
from devices.protocol.keyring import issuer_of, seal_keyring

STATION, OTHER_STATION = "binh-an", "binh-minh"
CLUSTER, OTHER_CLUSTER = "cum-1", "cum-2"
DEVICE, OTHER_DEVICE = "loa-01", "loa-02"
NOW_MS = 1_800_000_000_000
DAY_MS = 86_400_000
SERIAL, CONFIG_VERSION = 5, 1_799_990_000_000


def _key(name: str) -> SigningKey:
    return SigningKey(hashlib.sha256(f"loa vectors: {name}".encode()).digest())


ROOT, OTHER_ROOT = _key("root"), _key("other root")
ISSUER = _key("issuer")
SCANT = _key("issuer for the time alone")
NARROW = _key("issuer for cluster cum-2")
CALM = _key("issuer without emergencies")
EXPIRED = _key("expired issuer")
FUTURE = _key("issuer of tomorrow")
EARLY = _key("issuer whose first day begins in four minutes")
STRANGER = _key("nobody's")
DEVICE_KEY = _key("device")

KEYS = {
    "root": ROOT,
    "other_root": OTHER_ROOT,
    "issuer": ISSUER,
    "scant": SCANT,
    "narrow": NARROW,
    "calm": CALM,
    "expired": EXPIRED,
    "future": FUTURE,
    "early": EARLY,
    "stranger": STRANGER,
    "device": DEVICE_KEY,
}


def told_keys() -> dict[str, dict[str, str]]:
    """Each key with its private seed, as a reader in another language needs it."""
    return {
        name: {
            "seed": key.encode(HexEncoder).decode(),
            "public": key.verify_key.encode(HexEncoder).decode(),
            "key_id": key_id(key.verify_key),
        }
        for name, key in KEYS.items()
    }


_YEAR = (NOW_MS - 100 * DAY_MS, NOW_MS + 265 * DAY_MS)
_PAST = (NOW_MS - 100 * DAY_MS, NOW_MS - DAY_MS)
_TOMORROW = (NOW_MS + DAY_MS, NOW_MS + 2 * DAY_MS)
_SOON = (NOW_MS + 240_000, NOW_MS + DAY_MS)


def _issuers() -> tuple[IssuerKey, ...]:
    no_emergency = [scope for scope in Scope if scope is not Scope.EMERGENCY]
    return (
        _issuer(ISSUER, "UBND xã Bình An"),
        _issuer(SCANT, "Máy chủ giờ", scopes=[Scope.TIME]),
        _issuer(NARROW, "Thôn Đoài", clusters=[OTHER_CLUSTER]),
        _issuer(CALM, "Ban biên tập", scopes=no_emergency),
        _issuer(EXPIRED, "Khóa năm ngoái", valid=_PAST),
        _issuer(FUTURE, "Khóa ngày mai", valid=_TOMORROW),
        _issuer(EARLY, "Khóa sắp tới", valid=_SOON),
    )


def _issuer(
    key: SigningKey,
    name: str,
    *,
    scopes: Iterable[Scope] = Scope,
    clusters: Iterable[str] = (),
    valid: tuple[int, int] = _YEAR,
) -> IssuerKey:
    first_ms, last_ms = valid
    return issuer_of(
        key,
        name=name,
        scopes=scopes,
        clusters=clusters,
        not_before_ms=first_ms,
        not_after_ms=last_ms,
    )


def keyring_of(*, serial: int = SERIAL, station: str = STATION) -> Keyring:
    """The keyring that the reader holds, or one beside it."""
    return Keyring(station=station, serial=serial, issued_at_ms=NOW_MS - 3_600_000, keys=_issuers())


KEYRING = seal_keyring(keyring_of(), root=ROOT)
CONFIG = Config(
    station=STATION,
    device=DEVICE,
    version=CONFIG_VERSION,
    issued_at_ms=NOW_MS - 3_600_000,
    keyring=KEYRING,
    cluster=CLUSTER,
    quiet_hours=QuietHours(),
)

READER: dict[str, object] = {
    "station": STATION,
    "cluster": CLUSTER,
    "device": DEVICE,
    "root_key": ROOT.verify_key.encode(HexEncoder).decode(),
    "now_ms": NOW_MS,
    "config": seal_message(CONFIG, key=ISSUER),
}
