"""What a running station signs with: its signing key, and the keyring by which devices trust it.

Invariant: what is loaded is of a piece. The keyring was signed by the root that is written beside
it, and names the key that signs. A file that is there is never replaced by a founding: devices pin
the root, and another one would mean enrolling each of them again.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey, VerifyKey

from broadcaster.database.columns import to_ms
from broadcaster.keys.errors import KeysPresent, KeyUnreadable
from broadcaster.keys.root_key import root_key_told
from broadcaster.keys.secret_files import write_secret
from devices.errors import ContractViolation
from devices.protocol.configuration import IssuerKey, Keyring, Level, Scope
from devices.protocol.jws import key_id, unverified_payload
from devices.protocol.keyring import Trust, issuer_of, open_keyring, seal_keyring
from devices.protocol.messages import decode

log = structlog.get_logger()

SIGNING_KEY_FILE = "station.key"
NEXT_KEY_FILE = "station.key.next"
"""A signing key on its way to be the one: it counts from the moment the keyring names it."""
KEYRING_FILE = "keyring.jws"
ROOT_FILE = "root.pub"
_FILES = (SIGNING_KEY_FILE, NEXT_KEY_FILE, KEYRING_FILE, ROOT_FILE)

KEY_LIFE = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class StationKeys:
    """The key that signs all that devices get, the keyring that says so, and who vouches for it.

    `keyring` is the keyring as the root signed it; `root_public_key` is in hex, as devices pin it.
    """

    signing_key: SigningKey
    keyring: str
    root_public_key: str

    @property
    def ring(self) -> Keyring:
        """The keyring as a value."""
        return decode(unverified_payload(self.keyring.encode()), Keyring)

    @property
    def key_id(self) -> str:
        """The name of the key that signs."""
        return key_id(self.signing_key.verify_key)

    @property
    def issuer(self) -> IssuerKey:
        """What the keyring says of the key that signs."""
        public = self.signing_key.verify_key.encode(HexEncoder).decode()
        return next(each for each in self.ring.keys if each.key == public)


@dataclass(slots=True)
class NewKeys:
    """The keys of a station that is being founded; `root_told` is told once and kept nowhere."""

    keys: StationKeys
    root_told: str = field(repr=False)
    keys_dir: Path
    kept: bool = False

    def keep(self) -> None:
        """Write what the station keeps: everything but the root's secret half."""
        _refuse_present(self.keys_dir)
        self.kept = True
        signing = self.keys.signing_key.encode(HexEncoder)
        write_secret(self.keys_dir / ROOT_FILE, self.keys.root_public_key.encode(), replace=False)
        write_secret(self.keys_dir / KEYRING_FILE, self.keys.keyring.encode(), replace=False)
        write_secret(self.keys_dir / SIGNING_KEY_FILE, signing, replace=False)


@contextmanager
def founding_keys(
    keys_dir: Path, *, station_id: str, name: str, now: datetime
) -> Iterator[NewKeys]:
    """The keys for a founding, to be kept (`keep`) as its last act; taken away again if it fails.

    Raises KeysPresent when the folder holds any: they are some station's, and nobody else has them.
    """
    _refuse_present(keys_dir)
    root, signing = SigningKey.generate(), SigningKey.generate()
    ring = Keyring(
        station=station_id,
        serial=to_ms(now),
        issued_at_ms=to_ms(now),
        keys=(issuer_for(signing, name=name, now=now),),
    )
    keys = StationKeys(
        signing_key=signing,
        keyring=seal_keyring(ring, root=root),
        root_public_key=root.verify_key.encode(HexEncoder).decode(),
    )
    new = NewKeys(keys, root_key_told(root), keys_dir)
    try:
        yield new
    except BaseException:
        if new.kept:
            for file in _FILES:
                (keys_dir / file).unlink(missing_ok=True)
        raise


def _refuse_present(keys_dir: Path) -> None:
    if any((keys_dir / file).exists() for file in _FILES):
        raise KeysPresent(str(keys_dir))


def issuer_for(key: SigningKey, *, name: str, now: datetime) -> IssuerKey:
    """A commune's own key: it may sign everything, for all clusters, for 400 days."""
    return issuer_of(
        key,
        name=name[:300],
        level=Level.COMMUNE,
        scopes=Scope,
        not_before_ms=to_ms(now),
        not_after_ms=to_ms(now + KEY_LIFE),
    )


def load_keys(keys_dir: Path) -> StationKeys:
    """Read the station's keys; raise KeyUnreadable when they are not there, whole and of a piece.

    Of two signing keys the next one counts once the keyring names it: changing keys takes several
    files, and the power may go between them.
    """
    root = read_root(keys_dir)
    keyring, trust = read_keyring(keys_dir, root=root)
    signing = _key_in(trust, keys_dir)
    return StationKeys(signing, keyring, root.encode(HexEncoder).decode())


def _key_in(trust: Trust, keys_dir: Path) -> SigningKey:
    with suppress(KeyUnreadable):
        coming = read_signing_key(keys_dir / NEXT_KEY_FILE)
        if key_id(coming.verify_key) in trust.keys:
            return coming
    signing = read_signing_key(keys_dir / SIGNING_KEY_FILE)
    if key_id(signing.verify_key) not in trust.keys:
        raise KeyUnreadable(f"{keys_dir / KEYRING_FILE}: {SIGNING_KEY_FILE}")
    return signing


def read_signing_key(path: Path) -> SigningKey:
    """One signing key; raise KeyUnreadable."""
    try:
        return SigningKey(path.read_bytes().strip(), encoder=HexEncoder)
    except (OSError, ValueError, TypeError) as error:
        raise KeyUnreadable(str(path)) from error


def read_root(keys_dir: Path) -> VerifyKey:
    """The root's public half; raise KeyUnreadable."""
    path = keys_dir / ROOT_FILE
    try:
        return VerifyKey(path.read_bytes().strip(), encoder=HexEncoder)
    except (OSError, ValueError, TypeError) as error:
        raise KeyUnreadable(str(path)) from error


def read_keyring(keys_dir: Path, *, root: VerifyKey) -> tuple[str, Trust]:
    """The keyring, verified; raise KeyUnreadable."""
    path = keys_dir / KEYRING_FILE
    try:
        message = path.read_bytes().strip()
        station = decode(unverified_payload(message), Keyring).station
        return message.decode(), open_keyring(message, station=station, root=root)
    except (OSError, ContractViolation) as error:
        raise KeyUnreadable(str(path)) from error


class KeyWatch:
    """The station's keys as they stand on disk now, so that a change needs no restart.

    The keys must be those of the station in the database, else KeyUnreadable at the beginning. What
    cannot be read later changes nothing: the station goes on with what it has, and logs it.
    """

    def __init__(self, keys_dir: Path, *, station_id: str, root_public_key: str) -> None:
        self._keys_dir = keys_dir
        self._whose = (station_id, root_public_key)
        self._stamp = self._look()
        self._keys = self._load()

    def __call__(self) -> StationKeys:
        """The keys to sign with now."""
        stamp = self._look()
        if stamp != self._stamp:
            self._stamp = stamp
            self._read_again()
        return self._keys

    def _read_again(self) -> None:
        try:
            self._keys = self._load()
        except KeyUnreadable as error:
            log.error("changed_keys_unreadable", detail=error.detail)
            return
        log.info("keys_changed", key_id=self._keys.key_id, keyring_serial=self._keys.ring.serial)

    def _load(self) -> StationKeys:
        keys = load_keys(self._keys_dir)
        if (keys.ring.station, keys.root_public_key) != self._whose:
            raise KeyUnreadable(f"{self._keys_dir}: {keys.ring.station}")
        return keys

    def _look(self) -> tuple[tuple[int, int, int] | None, ...]:
        return tuple(_stamp_of(self._keys_dir / file) for file in _FILES)


def _stamp_of(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
