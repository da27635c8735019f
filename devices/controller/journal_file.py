"""The file in which a controller remembers: opened, begun, or put aside when it is broken."""

import os
import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from devices.controller.journal import LOST_MARK, Head, Journal
from devices.errors import JournalUnusable
from devices.protocol.chain import genesis
from devices.protocol.messages import JournalEnd

DATABASE_FILE = "controller.sqlite3"
END_FILE = "journal-end.json"
PROBE_FILE = ".takes-words"
_MEMORY = Path("/dev/shm")  # noqa: S108 - the card is what cannot be written
ASIDE_LIMIT = 3

# In one transaction: a slow disk is waited for once, and a power cut leaves all of it or nothing.
_SCHEMA = """
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS head (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1), epoch TEXT NOT NULL,
    seq INTEGER NOT NULL, hash TEXT NOT NULL, receipted_seq INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS entry (
    seq INTEGER PRIMARY KEY, entry TEXT NOT NULL, receipted_at_ms INTEGER);
CREATE INDEX IF NOT EXISTS entry_receipted ON entry (receipted_at_ms);
CREATE TABLE IF NOT EXISTS previous (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1), epoch TEXT NOT NULL,
    seq INTEGER NOT NULL, hash TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS signed (
    kind TEXT NOT NULL, about TEXT NOT NULL, version INTEGER NOT NULL, message BLOB NOT NULL,
    PRIMARY KEY (kind, about)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS moment (sequence INTEGER PRIMARY KEY, message BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS said (
    order_id TEXT NOT NULL, repeat INTEGER NOT NULL, kind TEXT NOT NULL, code TEXT NOT NULL,
    seq INTEGER NOT NULL, at_ms INTEGER NOT NULL,
    PRIMARY KEY (order_id, repeat, kind, code)) WITHOUT ROWID;
COMMIT;
"""
Connect = Callable[[Path], sqlite3.Connection]


def connect_file(path: Path) -> sqlite3.Connection:
    """Open a database file whose transactions the journal itself begins and ends."""
    return sqlite3.connect(path, isolation_level=None)


def open_journal(
    folder: Path, *, station: str, device: str, connect: Connect = connect_file
) -> Journal:
    """Open a controller's memory, or begin one with an epoch of its own.

    A file that is no database any more is put aside, never overwritten; the new epoch then names
    how far the old one was known to reach, as it does where the file is gone. Raises
    JournalUnusable.
    """
    try:
        return _open(folder, station=station, device=device, connect=connect)
    except sqlite3.DatabaseError as error:
        if not _is_broken(error):
            raise JournalUnusable(str(error)) from error
    try:
        _put_aside(folder)
        return _open(folder, station=station, device=device, connect=connect, was_lost=True)
    except (sqlite3.Error, OSError) as error:
        raise JournalUnusable(str(error)) from error


def open_what_is_left(folder: Path) -> Journal:
    """What a disk that takes nothing any more still holds, in memory: every word is refused.

    So a device whose card has worn out knows its station and lets the tone of an emergency sound
    (contract 18.1, *muted*). Raises JournalUnusable where nothing can be read.
    """
    try:
        with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as name:
            copy = Path(name) / DATABASE_FILE
            shutil.copy(folder / DATABASE_FILE, copy)
            # What was written last stands beside the file until it is next looked through.
            with suppress(FileNotFoundError):
                shutil.copy(folder / f"{DATABASE_FILE}-wal", f"{copy}-wal")
            with closing(connect_file(copy)) as kept:
                held = connect_file(Path(":memory:"))
                kept.backup(held)
        held.execute("PRAGMA query_only = ON")
        return Journal(held)
    except (sqlite3.Error, OSError) as error:
        raise JournalUnusable(str(error)) from error


def takes_words(folder: Path) -> bool:
    """Whether the disk would take something now."""
    probe = folder / PROBE_FILE
    try:
        with probe.open("wb") as file:
            file.write(bytes(4096))
            os.fsync(file.fileno())
        probe.unlink()
    except OSError:
        return False
    return True


def note_end(folder: Path, head: Head) -> None:
    """Leave beside the journal how far it reaches, for a journal that may have to follow it."""
    draft = folder / f"{END_FILE}.draft"
    try:
        draft.write_bytes(
            msgspec.json.encode(JournalEnd(epoch=head.epoch, seq=head.seq, chain=head.hash))
        )
        draft.replace(folder / END_FILE)
    except OSError as error:
        raise JournalUnusable(str(error)) from error


class _Broken(sqlite3.DatabaseError):
    """The file opens, and does not hold together."""


def _open(
    folder: Path, *, station: str, device: str, connect: Connect, was_lost: bool = False
) -> Journal:
    database = connect(folder / DATABASE_FILE)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        if database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise _Broken(DATABASE_FILE)
        database.executescript(_SCHEMA)
        if database.execute("SELECT 1 FROM head").fetchone() is None:
            _begin(
                database,
                station=station,
                device=device,
                previous=_last_known(folder),
                was_lost=was_lost,
            )
        return Journal(database)
    except BaseException:
        database.close()
        raise


def _begin(
    database: sqlite3.Connection,
    *,
    station: str,
    device: str,
    previous: JournalEnd | None,
    was_lost: bool,
) -> None:
    """Begin an epoch, and with it name the one before, in one step."""
    epoch = secrets.token_hex(16)
    hash_ = genesis(station=station, device=device, epoch=epoch)
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO head VALUES (1, ?, 0, ?, 0)", (epoch, hash_))
    if previous is not None:
        named = (previous.epoch, previous.seq, previous.chain)
        database.execute("INSERT INTO previous VALUES (1, ?, ?, ?)", named)
    if was_lost or previous is not None:
        database.execute("INSERT INTO mark VALUES (?, 1)", (LOST_MARK,))
    database.execute("COMMIT")


def _is_broken(error: sqlite3.DatabaseError) -> bool:
    if isinstance(error, _Broken):
        return True
    return error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _put_aside(folder: Path) -> None:
    """Keep what is broken for whoever can read it, but only so many: a bad card breaks each one."""
    number = 0
    while (folder / f"{DATABASE_FILE}.broken-{number}").exists() and number < ASIDE_LIMIT - 1:
        number += 1
    for suffix in ("-wal", "-shm", ""):
        path = folder / f"{DATABASE_FILE}{suffix}"
        if path.exists():
            path.replace(folder / f"{DATABASE_FILE}.broken-{number}{suffix}")


def _last_known(folder: Path) -> JournalEnd | None:
    try:
        return msgspec.json.decode((folder / END_FILE).read_bytes(), type=JournalEnd)
    except (OSError, msgspec.DecodeError):
        return None
