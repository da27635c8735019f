"""A file that is sealed while it is written, and trusted only when it was read to its end.

libsodium's secretstream (XChaCha20-Poly1305) with a key of this one file, sealed for the backup
key. Each piece is bound to the open header and to those before it, the last one says that it is
the last: whatever is cut off, exchanged or altered is noticed at the first piece that it touches.
"""

import json
import struct
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import BinaryIO

from nacl.bindings import (
    crypto_secretstream_xchacha20poly1305_ABYTES,
    crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    crypto_secretstream_xchacha20poly1305_init_pull,
    crypto_secretstream_xchacha20poly1305_init_push,
    crypto_secretstream_xchacha20poly1305_keygen,
    crypto_secretstream_xchacha20poly1305_pull,
    crypto_secretstream_xchacha20poly1305_push,
    crypto_secretstream_xchacha20poly1305_state,
    crypto_secretstream_xchacha20poly1305_TAG_FINAL,
    crypto_secretstream_xchacha20poly1305_TAG_MESSAGE,
)
from nacl.encoding import HexEncoder
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from broadcaster.backup.backup_key import name_of
from broadcaster.backup.errors import BackupBroken, NoBackup, WrongBackupKey

MAGIC = b"LOA BACKUP 1\n"
_PIECE_BYTES = 1024 * 1024
_LONGEST_HEADER = 4096
_LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHeader:
    """What anybody may read of a backup: whose, when, and which key opens it."""

    station: str
    made_at_ms: int
    version: str
    key_name: str
    sealed_key: str


class SealedWriter:
    """Takes octets and writes them sealed; `close` makes the file whole."""

    def __init__(
        self, file: BinaryIO, *, to: PublicKey, station: str, made_at_ms: int, version: str
    ) -> None:
        self.key: bytes = crypto_secretstream_xchacha20poly1305_keygen()
        header = OpenHeader(
            station=station,
            made_at_ms=made_at_ms,
            version=version,
            key_name=name_of(to),
            sealed_key=SealedBox(to).encrypt(self.key, HexEncoder).decode(),
        )
        line = json.dumps(asdict(header)).encode() + b"\n"
        self._file = file
        self._bound = sha256(MAGIC + line).digest()
        self._state = crypto_secretstream_xchacha20poly1305_state()
        begins = crypto_secretstream_xchacha20poly1305_init_push(self._state, self.key)
        self._left = bytearray()
        file.write(MAGIC + line + begins)

    def write(self, octets: bytes) -> int:
        """Seal what fills a piece, and keep the rest for the next one."""
        self._left += octets
        while len(self._left) > _PIECE_BYTES:
            piece = bytes(self._left[:_PIECE_BYTES])
            del self._left[:_PIECE_BYTES]
            self._seal(piece, crypto_secretstream_xchacha20poly1305_TAG_MESSAGE)
        return len(octets)

    def close(self) -> None:
        """Seal the last piece; without it nothing of the file counts."""
        self._seal(bytes(self._left), crypto_secretstream_xchacha20poly1305_TAG_FINAL)
        self._left.clear()

    def _seal(self, piece: bytes, tag: int) -> None:
        sealed = crypto_secretstream_xchacha20poly1305_push(self._state, piece, self._bound, tag)
        self._file.write(_LENGTH.pack(len(sealed)) + sealed)


class SealedReader:
    """Gives back what was sealed; `end` raises where the file was not whole."""

    def __init__(self, file: BinaryIO, *, bound: bytes, key: bytes) -> None:
        self._file = file
        self._bound = bound
        self._state = crypto_secretstream_xchacha20poly1305_state()
        self._left = bytearray()
        self._is_over = False
        begins = file.read(crypto_secretstream_xchacha20poly1305_HEADERBYTES)
        try:
            crypto_secretstream_xchacha20poly1305_init_pull(self._state, begins, key)
        except (CryptoError, ValueError, TypeError) as error:
            raise BackupBroken from error

    def read(self, size: int) -> bytes:
        """So many octets, or as many as are left; raise BackupBroken."""
        while len(self._left) < size and not self._is_over:
            self._left += self._piece()
        found = bytes(self._left[:size])
        del self._left[:size]
        return found

    def end(self) -> None:
        """Read what is left, and raise BackupBroken unless the last piece was there."""
        while not self._is_over:
            self._piece()
        if self._file.read(1):
            raise BackupBroken

    def _piece(self) -> bytes:
        length = self._file.read(_LENGTH.size)
        if len(length) != _LENGTH.size:
            raise BackupBroken
        (size,) = _LENGTH.unpack(length)
        if not _OVERHEAD <= size <= _PIECE_BYTES + _OVERHEAD:
            raise BackupBroken
        try:
            piece, tag = crypto_secretstream_xchacha20poly1305_pull(
                self._state, self._file.read(size), self._bound
            )
        except (CryptoError, ValueError) as error:
            raise BackupBroken from error
        self._is_over = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL
        return bytes(piece)


_OVERHEAD = crypto_secretstream_xchacha20poly1305_ABYTES


def read_header(file: BinaryIO) -> tuple[OpenHeader, bytes]:
    """The open header, and the hash that binds all pieces to it; raise NoBackup."""
    magic, line = file.read(len(MAGIC)), file.readline(_LONGEST_HEADER)
    try:
        header = OpenHeader(**json.loads(line))
    except (ValueError, TypeError, RecursionError) as error:
        raise NoBackup from error
    if magic != MAGIC or not all(
        isinstance(each, str)
        for each in (header.station, header.version, header.key_name, header.sealed_key)
    ):
        raise NoBackup
    return header, sha256(magic + line).digest()


def opened(file: BinaryIO, *, with_key: PrivateKey) -> tuple[OpenHeader, SealedReader]:
    """Open a backup with the key on paper; raise NoBackup, WrongBackupKey, BackupBroken."""
    header, bound = read_header(file)
    if name_of(with_key.public_key) != header.key_name:
        raise WrongBackupKey(header.key_name)
    try:
        key = SealedBox(with_key).decrypt(header.sealed_key.encode(), HexEncoder)
    except (CryptoError, ValueError) as error:
        raise BackupBroken from error
    return header, SealedReader(file, bound=bound, key=key)


def opened_again(file: BinaryIO, *, key: bytes) -> SealedReader:
    """Read a backup that was just written, with its own key; raise NoBackup, BackupBroken."""
    _, bound = read_header(file)
    return SealedReader(file, bound=bound, key=key)
