"""The token by which a broker of another make proves itself when it asks the station.

It stands in the keys folder, for its owner's eyes only. Without the file nobody is answered, and
taking it away shuts the door at once.
"""

import hmac
import secrets
from pathlib import Path

from broadcaster.keys import write_secret

_FILE = "broker-http.token"
_TOKEN_BYTES = 32


def broker_token(keys_dir: Path) -> str:
    """The token, made the first time and then kept."""
    if not _held(keys_dir):
        write_secret(keys_dir / _FILE, secrets.token_urlsafe(_TOKEN_BYTES).encode())
    return _held(keys_dir).decode()


def is_broker_token(offered: str, *, keys_dir: Path) -> bool:
    """Whether this is the token; takes the same time however close a guess comes."""
    held = _held(keys_dir)
    return bool(held) and hmac.compare_digest(offered.encode(errors="replace"), held)


def _held(keys_dir: Path) -> bytes:
    try:
        return (keys_dir / _FILE).read_bytes().strip()
    except FileNotFoundError:
        return b""
