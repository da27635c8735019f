"""Which journals a device has begun, and whether two of them are written at the same time.

A device that lost its journal begins another: an incident, though its words count. If the older
one goes on all the same, two boxes hold one key. Then nobody can say which of them is the pole:
what both bring from then on is kept and receipted, and counts nothing until a journal is begun
anew. Journals are ordered by when they were first heard, never by a clock that could be set back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy import Connection, bindparam, func, select

from broadcaster.database.columns import to_ms
from broadcaster.ledger.bulk import chunks, insert_once, rows_of
from broadcaster.ledger.journals import Journal, JournalKey
from broadcaster.ledger.opening import OpenedBatch, Refused
from broadcaster.ledger.tables import JOURNALS

log = structlog.get_logger()

NEW_EPOCH = "new_epoch"
TWO_LIVE_EPOCHS = "two_live_epochs"

LATE = timedelta(seconds=60)
"""How late words of an older journal may come without saying that it is still written: batches
of one device may overtake each other where several ingests take them."""

# A device may begin as many as it likes, and must not slow the ledger by it.
_EPOCHS_NAMED = 10


class _Known(NamedTuple):
    """A journal of which the ledger has heard; `quarantined_at` in Unix ms."""

    device_id: str
    epoch: str
    number: int
    quarantined_at: int | None


_JOURNALS = """
    WITH wanted (device_id, epoch) AS (VALUES ??)
    SELECT device_id, epoch, number, quarantined_at
    FROM wanted JOIN journal USING (device_id, epoch)
"""
_NEWEST_SETTLED = """
    SELECT journal.device_id, epoch, journal.number, quarantined_at FROM journal
    JOIN (
        SELECT device_id, MAX(number) AS number FROM journal
        WHERE device_id IN ?? AND first_heard_at <= ? GROUP BY device_id
    ) AS settled
    ON settled.device_id = journal.device_id AND settled.number = journal.number
"""


@dataclass(slots=True)
class Standing:
    """What came of looking at the journals that batches brought something new to."""

    incidents: list[Refused] = field(default_factory=list)
    quarantined: set[JournalKey] = field(default_factory=set)


def look_at_epochs(
    connection: Connection,
    batches: Sequence[OpenedBatch],
    journals: Mapping[JournalKey, Journal],
    *,
    now: datetime,
) -> Standing:
    """Note the journals that begin, and quarantine those that are alive beside a newer one."""
    bringing = _first_batches(batches, journals)
    if not bringing:
        return Standing()
    known = _known(connection, bringing)
    standing = Standing(quarantined={key for key, row in known.items() if row.quarantined_at})
    begun = {key: opened for key, opened in bringing.items() if key not in known}
    standing.incidents += _begin(connection, begun, now=now)
    continued = {key: opened for key, opened in bringing.items() if key in known}
    _quarantine(connection, continued, known, standing, now=now)
    return standing


def _first_batches(
    batches: Sequence[OpenedBatch], journals: Mapping[JournalKey, Journal]
) -> dict[JournalKey, OpenedBatch]:
    """The first batch of each journal to which something new was brought."""
    first: dict[JournalKey, OpenedBatch] = {}
    for opened in batches:
        key = (opened.batch.device, opened.batch.epoch)
        if journals[key].fresh:
            first.setdefault(key, opened)
    return first


def _known(
    connection: Connection, bringing: Mapping[JournalKey, OpenedBatch]
) -> dict[JournalKey, _Known]:
    found: dict[JournalKey, _Known] = {}
    for some in chunks(sorted(bringing)):
        rows = rows_of(
            connection,
            _JOURNALS,
            some,
        )
        found |= {(row[0], row[1]): _Known(*row) for row in rows}
    return found


def _begin(
    connection: Connection, begun: Mapping[JournalKey, OpenedBatch], *, now: datetime
) -> list[Refused]:
    """Give the new journals their numbers; a device that had one before has lost it."""
    if not begun:
        return []
    numbers = _highest_numbers(connection, {device_id for device_id, _ in begun})
    incidents: list[Refused] = []
    for (device_id, epoch), opened in begun.items():
        if numbers.get(device_id):
            detail = f"epoch {epoch} after {', '.join(_epochs(connection, device_id))}"
            incidents.append(Refused(device_id, NEW_EPOCH, detail, opened.payload, signed=True))
        numbers[device_id] = numbers.get(device_id, 0) + 1
        row = {
            "device_id": device_id,
            "epoch": epoch,
            "number": numbers[device_id],
            "first_heard_at": now,
            "quarantined_at": None,
        }
        insert_once(connection, JOURNALS, [row])
    return incidents


def _quarantine(
    connection: Connection,
    continued: Mapping[JournalKey, OpenedBatch],
    known: Mapping[JournalKey, _Known],
    standing: Standing,
    *,
    now: datetime,
) -> None:
    newest = _newest_settled(connection, {device_id for device_id, _ in continued}, now=now)
    for (device_id, epoch), opened in continued.items():
        newer = newest.get(device_id)
        if newer is None or newer.number <= known[device_id, epoch].number:
            continue
        both = {(device_id, epoch), (device_id, newer.epoch)}
        already = standing.quarantined | (
            {(device_id, newer.epoch)} if newer.quarantined_at else set()
        )
        standing.quarantined |= both
        if both <= already:
            continue
        detail = f"epoch {epoch} is still written after {newer.epoch}"
        standing.incidents.append(
            Refused(device_id, TWO_LIVE_EPOCHS, detail, opened.payload, signed=True)
        )
        _mark(connection, both - already, now=now)
        log.error("two_live_epochs", device_id=device_id, epochs=sorted(each for _, each in both))


def _highest_numbers(connection: Connection, device_ids: set[str]) -> dict[str, int]:
    rows = connection.execute(
        select(JOURNALS.c.device_id, func.max(JOURNALS.c.number).label("number"))
        .where(JOURNALS.c.device_id.in_(sorted(device_ids)))
        .group_by(JOURNALS.c.device_id)
    )
    return {row.device_id: row.number for row in rows}


def _epochs(connection: Connection, device_id: str) -> list[str]:
    """The journals before, the last first; some of them, of very many."""
    return list(
        connection.execute(
            select(JOURNALS.c.epoch)
            .where(JOURNALS.c.device_id == device_id)
            .order_by(JOURNALS.c.number.desc())
            .limit(_EPOCHS_NAMED)
        ).scalars()
    )


def _newest_settled(
    connection: Connection, device_ids: set[str], *, now: datetime
) -> dict[str, _Known]:
    """The newest journal of each device that was first heard of long enough ago."""
    if not device_ids:
        return {}
    rows = rows_of(connection, _NEWEST_SETTLED, device_ids, to_ms(now - LATE))
    return {row[0]: _Known(*row) for row in rows}


def _mark(connection: Connection, keys: set[JournalKey], *, now: datetime) -> None:
    connection.execute(
        JOURNALS.update()
        .where(
            JOURNALS.c.device_id == bindparam("the_device"),
            JOURNALS.c.epoch == bindparam("the_epoch"),
        )
        .values(quarantined_at=now),
        [{"the_device": device_id, "the_epoch": epoch} for device_id, epoch in sorted(keys)],
    )
