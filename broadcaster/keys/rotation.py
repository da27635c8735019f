"""Another signing key, and the end of one that was lost: what only the root key can do.

Several files change, and the power may go between any two of them: the keyring is the one that
decides. Before it is written the old key signs, after it the new one (`station.key.next`).
"""

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from msgspec import structs
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey, VerifyKey

from broadcaster.database.columns import to_ms
from broadcaster.keys.errors import KeyInUse, KeyringFull, UnknownKey, WrongRootKey
from broadcaster.keys.secret_files import write_secret
from broadcaster.keys.station_keys import (
    KEYRING_FILE,
    NEXT_KEY_FILE,
    SIGNING_KEY_FILE,
    StationKeys,
    issuer_for,
    load_keys,
)
from devices.errors import MalformedMessage
from devices.protocol.configuration import IssuerKey, Keyring
from devices.protocol.fields import KEYRING_LIMIT_BYTES
from devices.protocol.jws import key_id
from devices.protocol.keyring import seal_keyring
from devices.protocol.messages import decode, encode

log = structlog.get_logger()

OLD_KEY_STAYS = timedelta(days=8)
"""As long as the plans that it signed: a device that was away finds one that it still believes."""

_LOCK_FILE = ".changing"
_SHORTEST_PREFIX = 8


def rotate_key(
    keys_dir: Path, *, root: SigningKey, now: datetime, revoke_old: bool = False
) -> StationKeys:
    """Let a new key sign; the old one is believed for 8 more days, or no more.

    Raises KeyUnreadable, WrongRootKey or KeyringFull; then nothing was changed.
    """
    with _alone(keys_dir):
        keys = _present(keys_dir, root=root)
        key = SigningKey.generate()
        until_ms = to_ms(now if revoke_old else now + OLD_KEY_STAYS)
        old = structs.replace(keys.issuer, not_after_ms=min(keys.issuer.not_after_ms, until_ms))
        others = [each for each in keys.ring.keys if each.key != old.key]
        kept = [each for each in (old, *others) if each.not_after_ms > to_ms(now)]
        keyring = _signed(
            keys, [issuer_for(key, name=old.name, now=now), *kept], root=root, now=now
        )
        secret = key.encode(HexEncoder)
        write_secret(keys_dir / NEXT_KEY_FILE, secret)
        write_secret(keys_dir / KEYRING_FILE, keyring.encode())
        _settle(keys_dir, secret)
        log.info("signing_key_rotated", key_id=key_id(key.verify_key), old_revoked=revoke_old)
        return load_keys(keys_dir)


def revoke_key(keys_dir: Path, named: str, *, root: SigningKey, now: datetime) -> StationKeys:
    """Believe one key no more, from the moment at which devices hold the next keyring.

    `named` is its id or the beginning of it. Raises UnknownKey, or KeyInUse for the key that signs
    (`rotate_key` with `revoke_old`), or what `rotate_key` raises; then nothing was changed.
    """
    with _alone(keys_dir):
        keys = _present(keys_dir, root=root)
        revoked = key_named(keys.ring, named)
        if revoked.key == keys.issuer.key:
            raise KeyInUse(named)
        kept = [each for each in keys.ring.keys if each.key != revoked.key]
        write_secret(keys_dir / KEYRING_FILE, _signed(keys, kept, root=root, now=now).encode())
        log.info("key_revoked", key_id=id_of(revoked))
        return load_keys(keys_dir)


def key_named(ring: Keyring, named: str) -> IssuerKey:
    """The key with this id or this beginning of one; raise UnknownKey for none and for several."""
    wanted = named.strip().lower()
    found = [each for each in ring.keys if id_of(each).startswith(wanted)]
    if len(wanted) < _SHORTEST_PREFIX or len(found) != 1:
        raise UnknownKey(named)
    return found[0]


def id_of(issuer: IssuerKey) -> str:
    """The name of an issuer's key."""
    return key_id(VerifyKey(issuer.key.encode(), encoder=HexEncoder))


def _present(keys_dir: Path, *, root: SigningKey) -> StationKeys:
    """The keys as they are, with whatever a rotation that broke off left undone."""
    keys = load_keys(keys_dir)
    if root.verify_key.encode(HexEncoder).decode() != keys.root_public_key:
        raise WrongRootKey
    _settle(keys_dir, keys.signing_key.encode(HexEncoder))
    return keys


def _settle(keys_dir: Path, secret: bytes) -> None:
    write_secret(keys_dir / SIGNING_KEY_FILE, secret)
    (keys_dir / NEXT_KEY_FILE).unlink(missing_ok=True)


def _signed(
    keys: StationKeys, issuers: Iterable[IssuerKey], *, root: SigningKey, now: datetime
) -> str:
    ring = Keyring(
        station=keys.ring.station,
        serial=max(keys.ring.serial + 1, to_ms(now)),
        issued_at_ms=to_ms(now),
        keys=tuple(issuers),
    )
    try:
        decode(encode(ring), Keyring)
    except MalformedMessage as error:
        raise KeyringFull(error.detail) from error
    sealed = seal_keyring(ring, root=root)
    if len(sealed) > KEYRING_LIMIT_BYTES:
        raise KeyringFull(f"{len(sealed)} bytes")
    return sealed


@contextmanager
def _alone(keys_dir: Path) -> Iterator[None]:
    """Wait until nobody else changes these keys; the lock goes with its holder."""
    keys_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (keys_dir / _LOCK_FILE).open("a") as lock:
        (keys_dir / _LOCK_FILE).chmod(0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
