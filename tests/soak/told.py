"""What a fault did, in figures: confirmations lost or doubled, wrong sounds, and its alert."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import select

from broadcaster.database import Database
from broadcaster.database.columns import to_ms
from broadcaster.ledger.tables import ConfirmationRow
from broadcaster.schedule.tables import Broadcast, BroadcastOrder
from devices.controller.statements import ENDS
from devices.protocol.messages import Confirmation, Kind
from tests.chain_evidence import JournalCopy, ledger_entries
from tests.soak.record import Facts

ONCE = frozenset({Kind.STARTED, *ENDS})
"""What a device may say once of an order of one item, whatever happens."""

EARLY_MS, LATE_MS = 1_000, 300_000
"""A sound may begin late, within its order's *not after*, and never early."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One row of the table."""

    fault: str
    entries: int
    lost: int
    doubled: int
    wrong_sounds: int
    alert: str
    alert_after_s: float
    recovery_s: float
    other: str = ""

    @property
    def held(self) -> bool:
        """Nothing lost, nothing twice, no wrong sound, and somebody was told."""
        return not (self.lost or self.doubled or self.wrong_sounds) and bool(self.alert)

    @property
    def facts(self) -> Facts:
        """As the table has it."""
        return {
            "fault": self.fault,
            "entries": self.entries,
            "lost": self.lost,
            "doubled": self.doubled,
            "wrong_sounds": self.wrong_sounds,
            "alert": self.alert or "**none**",
            "alert_after_s": round(self.alert_after_s, 1),
            "recovery_s": round(self.recovery_s, 1),
            "other": self.other,
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands on the devices' disks against what stands in the ledger."""

    entries: int
    lost: int
    doubled: int
    wrong_sounds: int


def evidence_of(database: Database, journals: Sequence[JournalCopy]) -> Evidence:
    """Count; what a device says of an order that nobody made is a wrong sound as well."""
    held = ledger_entries(database)
    lost = doubled = wrong = 0
    starts = _starts(database)
    for journal in journals:
        stored = held.get((journal.device, journal.epoch), ())
        lost += len(set(journal.entries) - set(stored))
        doubled += len(stored) - len(set(stored)) + _said_twice(journal.confirmations)
        wrong += sum(_is_wrong(each, starts) for each in journal.confirmations)
    with database.reading() as session:
        rows = session.exec(select(ConfirmationRow.seq)).all()
    entries = sum(len(each.entries) for each in journals)
    # Anything in the ledger that no device has said is one too many.
    doubled += max(len(rows) - entries + lost, 0)
    return Evidence(entries, lost, doubled, wrong)


def _starts(database: Database) -> dict[str, datetime]:
    with database.reading() as session:
        rows = session.exec(
            select(BroadcastOrder.id, Broadcast.starts_at).join(
                Broadcast,
                Broadcast.id == BroadcastOrder.broadcast_id,  # type: ignore[arg-type]
            )
        ).all()
    return dict(rows)


def _said_twice(said: Sequence[Confirmation]) -> int:
    counted = Counter((each.order, each.repeat, each.kind) for each in said if each.kind in ONCE)
    return sum(times - 1 for times in counted.values())


def _is_wrong(said: Confirmation, starts: dict[str, datetime]) -> bool:
    if said.kind is not Kind.FINISHED or said.first_sample_at_us is None or said.order is None:
        return False
    if said.order not in starts:
        return True
    late_ms = said.first_sample_at_us / 1_000 - to_ms(starts[said.order])
    return not -EARLY_MS <= late_ms <= LATE_MS
