"""What a core does at a time: whether some devices' parts of the ledger hold.

It stands alone because other processes load it, and wait for all that it imports.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from broadcaster.inspection.device_book import (
    Checked,
    DeviceBook,
    check_journals,
    check_statements,
)
from broadcaster.inspection.device_leaves import KeptLeaf, RootedDay, check_leaves
from broadcaster.inspection.device_rows import RowReader
from broadcaster.inspection.folds import check_plays
from broadcaster.inspection.spoilt_text import read_as_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of the whole ledger, and the same for every device."""

    station: str
    now: datetime
    since_ms: int | None
    days: Sequence[RootedDay]
    refused: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One device, and what the trail, its status, incidents and roots say of it.

    `joined_from` is the station and the id that it signs with where it came with another station:
    its rows lie under that one's roots, which are verified with its own evidence.
    """

    device: str
    joined_from: tuple[str, str] | None = None
    keys: Sequence[str] = ()
    retired_ms: int | None = None
    lost_two: bool = False
    reported: tuple[str, int] | None = None
    leaves: Sequence[KeptLeaf] = ()


def check_devices(connection: Any, tasks: Sequence[Task], known: Known) -> Checked:  # noqa: ANN401
    """Read some devices' rows through a driver's own connection, and check each."""
    checked, reader = Checked(), RowReader(connection)
    for task in tasks:
        rows = read_as_text(
            connection, partial(reader.of_device, task.device, since_ms=known.since_ms)
        )
        station, signed_as = task.joined_from or (known.station, task.device)
        book = DeviceBook(
            station=station,
            device=task.device,
            signed_as=signed_as,
            keys=task.keys,
            retired_ms=task.retired_ms,
            rows=rows,
            refused=known.refused,
            lost_two=task.lost_two,
            reported=task.reported,
            whole=known.since_ms is None,
        )
        checked.add(_check(book, task, known))
    return checked


def _check(book: DeviceBook, task: Task, known: Known) -> Checked:
    findings, gaps = check_journals(book)
    days = () if task.joined_from else known.days
    leaves = check_leaves(task.device, book.rows, days=days, kept=task.leaves)
    return Checked(
        findings=[
            *check_statements(book),
            *findings,
            *check_plays(book, now=known.now),
            *leaves,
        ],
        devices=1,
        batches=len(book.rows.batches),
        rows=len(book.rows.confirmations),
        plays=len(book.rows.plays),
        gaps=gaps,
    )
