"""What the controllers hold on their disks against what the ledger holds: the same, each once."""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, select

from broadcaster.database import Database
from broadcaster.ledger.tables import ConfirmationRow, Incident
from devices.controller.journal_file import DATABASE_FILE
from devices.protocol.chain import entry_hash, genesis
from devices.protocol.identity import IDENTITY_FILE, load_identity
from devices.protocol.messages import Confirmation, decode


@dataclass(frozen=True, slots=True)
class JournalCopy:
    """One controller's journal as it stands on its disk."""

    station: str
    device: str
    epoch: str
    entries: tuple[str, ...]
    receipted_seq: int

    @property
    def confirmations(self) -> Sequence[Confirmation]:
        """What the entries say."""
        return [decode(entry, Confirmation) for entry in self.entries]

    @property
    def is_chained(self) -> bool:
        """Whether the entries are one chain from its beginning, without a gap."""
        prev = genesis(station=self.station, device=self.device, epoch=self.epoch)
        for seq, (entry, said) in enumerate(
            zip(self.entries, self.confirmations, strict=True), start=1
        ):
            if (said.seq, said.prev) != (seq, prev):
                return False
            prev = entry_hash(entry)
        return True


def journals_of(fleet_dir: Path) -> list[JournalCopy]:
    """The journals of all controllers of a fleet, by device; read, never written."""
    homes = sorted(path.parent for path in fleet_dir.glob(f"*/{IDENTITY_FILE}"))
    return [_journal(home) for home in homes if (home / DATABASE_FILE).exists()]


def _journal(home: Path) -> JournalCopy:
    identity = load_identity(home)
    with closing(sqlite3.connect(f"file:{home / DATABASE_FILE}?mode=ro", uri=True)) as journal:
        epoch, receipted_seq = journal.execute("SELECT epoch, receipted_seq FROM head").fetchone()
        entries = journal.execute("SELECT entry FROM entry ORDER BY seq").fetchall()
    return JournalCopy(
        station=identity.station,
        device=identity.device,
        epoch=epoch,
        entries=tuple(entry for (entry,) in entries),
        receipted_seq=receipted_seq,
    )


def ledger_entries(database: Database) -> dict[tuple[str, str], tuple[str, ...]]:
    """The entries in the ledger by device and epoch, in the order of their numbers."""
    held: dict[tuple[str, str], list[str]] = defaultdict(list)
    with database.reading() as session:
        rows = session.exec(
            select(
                ConfirmationRow.device_id, ConfirmationRow.epoch, ConfirmationRow.entry
            ).order_by(col(ConfirmationRow.seq))
        ).all()
    for device_id, epoch, entry in rows:
        held[device_id, epoch].append(entry)
    return {key: tuple(entries) for key, entries in held.items()}


def incidents(database: Database) -> list[str]:
    """The codes of everything that the ledger refused or found contradictory."""
    with database.reading() as session:
        return list(session.exec(select(Incident.code)).all())


def assert_whole(
    database: Database, journals: Sequence[JournalCopy], *, may_be: Collection[str] = ()
) -> None:
    """Everything said is in the ledger once, in one chain a controller, and nothing else is.

    Of incidents only those of the codes `may_be` are no fault.
    """
    held = ledger_entries(database)
    for journal in journals:
        assert journal.is_chained
        assert held[journal.device, journal.epoch] == journal.entries
    assert sum(map(len, held.values())) == sum(len(journal.entries) for journal in journals)
    assert [each for each in incidents(database) if each not in may_be] == []
