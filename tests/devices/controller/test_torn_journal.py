"""The power goes in the middle of a write: what was sent stands, and no number is used twice."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from devices.controller.journal import Journal
from devices.controller.journal_file import DATABASE_FILE, open_journal
from devices.controller.statements import Statement
from devices.protocol.chain import entry_hash, genesis
from devices.protocol.messages import Confirmation, Kind, OrderKey, decode

STATION, DEVICE = "binh-an", "loa-01"
WAL = f"{DATABASE_FILE}-wal"


def opened(folder: Path) -> Journal:
    """The journal of the tests' device."""
    return open_journal(folder, station=STATION, device=DEVICE)


@dataclass(frozen=True, slots=True)
class Synced:
    """What the disk had when it said so: the size of the log, and all that could have been sent."""

    wal_bytes: int
    entries: tuple[str, ...]


def write(journal: Journal, folder: Path, sizes: list[int]) -> list[Synced]:
    """Write so many statements at a time; return what was safe after each."""
    safe = [Synced(0, ())]
    number = 0
    for size in sizes:
        statements = []
        for _ in range(size):
            number += 1
            statements.append(Statement(kind=Kind.FINISHED, at_ms=1, order=f"o{number}"))
        journal.say(*statements)
        entries = tuple(journal.entries(first=1, last=journal.head.seq))
        safe.append(Synced((folder / WAL).stat().st_size, entries))
    return safe


@given(
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=12),
    share=st.floats(0, 1),
    rubbish=st.binary(max_size=100),
)
@settings(max_examples=60, deadline=None)
def test_a_torn_log_loses_whole_writes_only(sizes: list[int], share: float, rubbish: bytes) -> None:
    """However much of the log is left, and whatever the card put behind it."""
    with tempfile.TemporaryDirectory() as name:
        folder, torn = Path(name) / "first", Path(name) / "torn"
        folder.mkdir()
        journal = opened(folder)
        safe = write(journal, folder, sizes)
        shutil.copytree(folder, torn)
        journal.close()
        wal = (torn / WAL).read_bytes()
        left = wal[: round(len(wal) * share)]
        (torn / WAL).write_bytes(left + rubbish)
        (torn / f"{DATABASE_FILE}-shm").unlink(missing_ok=True)
        after = opened(torn)
        held = tuple(after.entries(first=1, last=after.head.seq))

        # All that the disk had promised, and nothing but whole writes.
        assert held in {each.entries for each in safe} | {()}
        promised = max((each.entries for each in safe if each.wal_bytes <= len(left)), key=len)
        if after.previous is None and promised:
            assert held[: len(promised)] == promised
        check_chain(after)
        check_memory(after)
        numbers = [each.seq for each in after.say(Statement(kind=Kind.RECEIVED, at_ms=1))]
        assert numbers == [len(held) + 1]
        after.close()


@given(sizes=st.lists(st.integers(1, 40), min_size=1, max_size=8))
@settings(max_examples=20, deadline=None)
def test_a_kill_loses_nothing(sizes: list[int]) -> None:
    """What was said is there, although nobody closed the file."""
    with tempfile.TemporaryDirectory() as name:
        folder, killed = Path(name) / "first", Path(name) / "killed"
        folder.mkdir()
        journal = opened(folder)
        safe = write(journal, folder, sizes)
        shutil.copytree(folder, killed)
        journal.close()
        after = opened(killed)

        assert tuple(after.entries(first=1, last=after.head.seq)) == safe[-1].entries
        check_chain(after)
        check_memory(after)
        after.close()


def check_chain(journal: Journal) -> None:
    """Numbers without a gap, each entry naming the one before, the head the last."""
    prev = genesis(station=STATION, device=DEVICE, epoch=journal.head.epoch)
    entries = journal.entries(first=1, last=journal.head.seq)
    assert len(entries) == journal.head.seq
    for seq, entry in enumerate(entries, start=1):
        confirmation = decode(entry, Confirmation)
        assert (confirmation.seq, confirmation.prev) == (seq, prev)
        prev = entry_hash(entry)
    assert journal.head.hash == prev


def check_memory(journal: Journal) -> None:
    """It remembers to have ended exactly what its entries say."""
    confirmations = [
        decode(entry, Confirmation) for entry in journal.entries(first=1, last=journal.head.seq)
    ]
    assert journal.ended == {OrderKey(each.order or "", each.repeat) for each in confirmations}
