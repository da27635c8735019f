"""The backup key: its public half seals backups unattended, its secret half lies on paper.

So a machine that makes a backup every night can read none, and neither can who steals the disk
that they lie on.
"""

from hashlib import sha256
from pathlib import Path

from nacl.public import PrivateKey, PublicKey

from broadcaster.backup.errors import BackupKeyMissing, BackupKeyMistyped, BackupKeyPresent
from broadcaster.keys import write_secret
from broadcaster.keys.paper import read_from_paper, told_on_paper

PUBLIC_FILE = "backup.pub"
_PURPOSE = b"loa backup key"
_NAME_LETTERS = 8


def make_backup_key(keys_dir: Path, *, replace: bool = False) -> PrivateKey:
    """Make a key and keep its public half; raise BackupKeyPresent.

    The secret half is in the answer and nowhere else.
    """
    file = keys_dir / PUBLIC_FILE
    if file.exists() and not replace:
        raise BackupKeyPresent
    key = PrivateKey.generate()
    write_secret(file, bytes(key.public_key))
    return key


def public_backup_key(keys_dir: Path) -> PublicKey:
    """What backups are sealed for; raise BackupKeyMissing."""
    file = keys_dir / PUBLIC_FILE
    try:
        return PublicKey(file.read_bytes())
    except (OSError, ValueError) as error:
        raise BackupKeyMissing from error


def backup_key_told(key: PrivateKey) -> str:
    """The secret half in groups of four signs, as it is told once."""
    return told_on_paper(bytes(key), purpose=_PURPOSE)


def read_backup_key(typed: str) -> PrivateKey:
    """The backup key that somebody typed; raise BackupKeyMistyped, which repeats nothing of it."""
    secret = read_from_paper(typed, purpose=_PURPOSE)
    if secret is None:
        raise BackupKeyMistyped
    return PrivateKey(secret)


def name_of(key: PublicKey) -> str:
    """By what people tell one backup key from another: it opens nothing."""
    return sha256(bytes(key)).hexdigest()[:_NAME_LETTERS].upper()
