"""The trail's end, kept beside the key that signs it: what was cut off it is missed.

A chain shows what is missing inside it, and not what was cut off its end. So whoever signed an
entry writes its number and hash into a file in the folder of the keys, once it is committed. The
file may be behind, by what was killed in between, which says nothing wrong; it is never ahead of
what was committed. Invariant: an end that the database no longer had when the next entry was
signed stays in the file, on a line of its own, so that going on does not heal a cut.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

log = structlog.get_logger()

ENDS_FILE = "trail.end"
_LIMIT_OCTETS = 65_536
_HASH_LETTERS = 64
_LINES = 200
"""Whoever cuts again and again is told of by the first of them."""


@dataclass(frozen=True, slots=True)
class TrailEnd:
    """An entry that was committed, by its number and hash, and whose station's it is."""

    station: str
    number: int
    sha256: str


def read_ends(keys_dir: Path, *, station: str) -> Sequence[TrailEnd]:
    """The ends that were kept of a station's trail, the newest last: all must be in the trail.

    What is not there, or cannot be read, or is another station's, says nothing.
    """
    try:
        with _opened(keys_dir / ENDS_FILE, os.O_RDONLY, fcntl.LOCK_SH) as descriptor:
            return _of(station, _read(descriptor))
    except OSError:
        return ()


def keep_end(keys_dir: Path, end: TrailEnd, *, over_a_break: bool) -> None:
    """Put the end in the place of the one before, or behind it where that one is missing.

    Several processes do this after their commits, in any order: an older end changes nothing. A
    file that cannot be written stays behind and is logged; what was done stands all the same.
    """
    try:
        with _opened(keys_dir / ENDS_FILE, os.O_RDWR | os.O_CREAT, fcntl.LOCK_EX) as descriptor:
            held = list(_of(end.station, _read(descriptor)))
            if over_a_break:
                held = [*held[: _LINES - 1], end]
            elif not held or held[-1].number < end.number:
                held[-1:] = [end]
            else:
                return
            octets = "".join(map(_line, held)).encode()
            # In its place and shorter than a block; nobody waits for the disk, since one that is
            # older after a power cut is only behind.
            os.pwrite(descriptor, octets, 0)
            os.ftruncate(descriptor, len(octets))
    except OSError as error:
        log.warning("trail_end_not_kept", number=end.number, reason=str(error))


@contextmanager
def _opened(file: Path, flags: int, lock: int) -> Iterator[int]:
    descriptor = os.open(file, flags | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, lock)
        yield descriptor
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> str:
    return os.pread(descriptor, _LIMIT_OCTETS, 0).decode("ascii", errors="replace")


def _line(end: TrailEnd) -> str:
    return f"{end.number:020} {end.sha256} {end.station}\n"


def _of(station: str, text: str) -> list[TrailEnd]:
    found = []
    for line in text.splitlines():
        number, _, rest = line.partition(" ")
        sha256, _, whose = rest.partition(" ")
        if whose == station and number.isdecimal() and len(sha256) == _HASH_LETTERS:
            found.append(TrailEnd(whose, int(number), sha256))
    return found
