"""Browsers that a person signed in with before: what strangers do elsewhere does not lock these.

OWASP's device cookies. A browser keeps a signed word for each of the last few people who signed in
with it; it opens nothing, and only gives their failures at that browser a count of its own. The key
lies beside the database, so that a copy of that makes no device known.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from broadcaster.database.columns import from_ms, to_ms
from broadcaster.keys import write_secret

DEVICE_COOKIE = "loa_device"
LINK_COOKIE = "loa_device_by_link"
"""A word for the one sign-in after a link was used: the link's page does not see the others."""
CODE_COOKIE = "loa_device_of_codes"
"""Words for who proved a second factor there: who stole a password knows no such browser."""
KNOWN_FOR = timedelta(days=180)
PEOPLE_AT_A_BROWSER = 8
KEY_FILE = "known-devices.key"
_KEY_BYTES = 32
_BETWEEN_DEVICES, _BETWEEN_PARTS = "~", "."
_PARTS = 3
_LONGEST_COOKIE = 2_000


def known_device(cookie: str, account_id: str, *, keys_dir: Path, now: datetime) -> str | None:
    """The name of a browser in which this person signed in lately; None for any other."""
    for nonce, made_at, _ in _signed(cookie, account_id, keys_dir=keys_dir):
        if timedelta() <= now - made_at <= KNOWN_FOR:
            return nonce
    return None


def of_codes(account_id: str) -> str:
    """Under what a person's words in the cookie of codes are signed: none of the other serves."""
    return f"{account_id}|codes"


def with_device(cookie: str, account_id: str, *, keys_dir: Path, now: datetime) -> str:
    """The cookie of a browser in which this person has just signed in; others at it stay known.

    Raises OSError where there is no key and none can be made.
    """
    key = _key(keys_dir, made=True)
    if not key:
        raise FileNotFoundError(keys_dir / KEY_FILE)
    said = f"{secrets.token_urlsafe(12)}{_BETWEEN_PARTS}{to_ms(now)}"
    word = f"{said}{_BETWEEN_PARTS}{_seal(key, account_id, said)}"
    own = {each for _, _, each in _signed(cookie, account_id, keys_dir=keys_dir)}
    others = [each for each in _words(cookie) if each not in own]
    return _BETWEEN_DEVICES.join([word, *others][:PEOPLE_AT_A_BROWSER])


def together(*cookies: str) -> str:
    """The words of several cookies as one."""
    return _BETWEEN_DEVICES.join(each for each in cookies if each)


def _signed(cookie: str, account_id: str, *, keys_dir: Path) -> Iterator[tuple[str, datetime, str]]:
    """The words of a cookie that were signed for this person: nonce, when, and the word itself."""
    key = _key(keys_dir, made=False)
    for word in _words(cookie) if key else ():
        said, _, seal = word.rpartition(_BETWEEN_PARTS)
        if hmac.compare_digest(seal.encode(), _seal(key, account_id, said).encode()):
            nonce, _, made_ms = said.partition(_BETWEEN_PARTS)
            yield nonce, from_ms(int(made_ms)), word


def _words(cookie: str) -> list[str]:
    """What can be a word of ours, of a cookie that anybody may have written."""
    if len(cookie) > _LONGEST_COOKIE or not cookie.isascii():
        return []
    words = cookie.split(_BETWEEN_DEVICES)[:PEOPLE_AT_A_BROWSER]
    return [word for word in words if word.count(_BETWEEN_PARTS) == _PARTS - 1]


def _seal(key: bytes, account_id: str, said: str) -> str:
    return hmac.new(key, f"{account_id}|{said}".encode(), hashlib.sha256).hexdigest()


def _key(keys_dir: Path, *, made: bool) -> bytes:
    """The station's key for it, made with the first word; empty where there is none to be read."""
    file = keys_dir / KEY_FILE
    if made and not file.exists():
        write_secret(file, secrets.token_bytes(_KEY_BYTES), replace=False)
    try:
        return file.read_bytes()
    except OSError:
        # Nobody is kept from signing in by it: every browser is a stranger's then.
        return b""
