"""The station's secrets on disk: its signing key, and files that only their owner may read.

The Ed25519 key is made once, when the station is founded. Devices pin its public half, so a lost
key means enrolling every device again: a file that is there is never replaced.
"""

import os
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from nacl.encoding import HexEncoder
from nacl.signing import SigningKey

from broadcaster.errors import LoaError

SIGNING_KEY_FILE = "station.key"


class KeyUnreadable(LoaError):
    """The station's signing key is missing or damaged."""

    code = "key_unreadable"
    message_vi = (
        "Không đọc được khóa ký của đài. Đài chưa gửi lệnh nào. "
        "Hãy khôi phục thư mục khóa từ bản sao lưu."
    )
    message_en = (
        "The station's signing key cannot be read. No order was sent. "
        "Restore the keys folder from its backup."
    )


@dataclass(frozen=True, slots=True)
class StationKeys:
    """The key that signs plans and receipts."""

    signing_key: SigningKey

    @property
    def public_key(self) -> str:
        """The public half in hex, as devices pin it."""
        return self.signing_key.verify_key.encode(HexEncoder).decode()


def load_keys(keys_dir: Path) -> StationKeys:
    """Read the station's key; raise KeyUnreadable when there is none that can be read."""
    path = keys_dir / SIGNING_KEY_FILE
    try:
        return StationKeys(SigningKey(path.read_bytes().strip(), encoder=HexEncoder))
    except (OSError, ValueError, TypeError) as error:
        raise KeyUnreadable(str(path)) from error


def load_or_generate_keys(keys_dir: Path) -> StationKeys:
    """Read the station's key, or make it when there is none; raise KeyUnreadable if damaged."""
    if not (keys_dir / SIGNING_KEY_FILE).exists():
        write_secret(
            keys_dir / SIGNING_KEY_FILE, SigningKey.generate().encode(HexEncoder), replace=False
        )
    return load_keys(keys_dir)


def keep_from_others(folder: Path) -> None:
    """Make a folder, and shut out everybody but its owner and group.

    Behind this door lie passwords' hashes, running sessions and devices' identities.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & stat.S_IRWXO:
        folder.chmod(mode & ~stat.S_IRWXO)


def write_secret(path: Path, secret: bytes, *, replace: bool = True) -> None:
    """Write a file whole or not at all, for its owner's eyes only, durably.

    With `replace` false a file that is already there stays as it is.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            draft.replace(path)
        else:
            _keep_first(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _keep_first(draft: Path, path: Path) -> None:
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        return


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
