"""Secrets are sealed under keys that lie beside the database: a copy of it alone proves nobody."""

from pathlib import Path

from nacl.encoding import HexEncoder
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.utils import random

from broadcaster.accounts.errors import SeedsUnreadable
from broadcaster.keys import write_secret

KEY_FILE = "second-factor.key"


def seal_seed(seed: str, *, keys_dir: Path, key_file: str = KEY_FILE) -> str:
    """A seed as the database keeps it; the key is made with the first of them.

    What else is sealed so has a key of its own: it is lost, and changed, by itself.
    """
    file = keys_dir / key_file
    if not file.exists():
        write_secret(file, HexEncoder.encode(random(SecretBox.KEY_SIZE)), replace=False)
    return _box(file).encrypt(seed.encode(), encoder=HexEncoder).decode()


def open_seed(sealed: str, *, keys_dir: Path, key_file: str = KEY_FILE) -> str:
    """The seed again; raise SeedsUnreadable where the key is gone or another one."""
    try:
        return _box(keys_dir / key_file).decrypt(sealed.encode(), encoder=HexEncoder).decode()
    except (CryptoError, ValueError) as error:
        raise SeedsUnreadable(str(error)) from error


def _box(file: Path) -> SecretBox:
    try:
        return SecretBox(file.read_bytes(), encoder=HexEncoder)
    except (OSError, CryptoError, ValueError) as error:
        raise SeedsUnreadable(str(error)) from error
