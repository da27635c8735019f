"""Seeds are sealed under a key that lies beside the database: a copy of it alone proves nobody."""

from pathlib import Path

from nacl.encoding import HexEncoder
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.utils import random

from broadcaster.accounts.errors import SeedsUnreadable
from broadcaster.keys import write_secret

KEY_FILE = "second-factor.key"


def seal_seed(seed: str, *, keys_dir: Path) -> str:
    """A seed as the database keeps it; the key is made with the first of them."""
    file = keys_dir / KEY_FILE
    if not file.exists():
        write_secret(file, HexEncoder.encode(random(SecretBox.KEY_SIZE)), replace=False)
    return _box(keys_dir).encrypt(seed.encode(), encoder=HexEncoder).decode()


def open_seed(sealed: str, *, keys_dir: Path) -> str:
    """The seed again; raise SeedsUnreadable where the key is gone or another one."""
    try:
        return _box(keys_dir).decrypt(sealed.encode(), encoder=HexEncoder).decode()
    except (CryptoError, ValueError) as error:
        raise SeedsUnreadable(str(error)) from error


def _box(keys_dir: Path) -> SecretBox:
    try:
        return SecretBox((keys_dir / KEY_FILE).read_bytes(), encoder=HexEncoder)
    except (OSError, CryptoError, ValueError) as error:
        raise SeedsUnreadable(str(error)) from error
