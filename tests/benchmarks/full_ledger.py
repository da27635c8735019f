"""A ledger of one day as the station itself fills it: ingested, folded, rolled up and rooted."""

from collections.abc import Callable, Sequence
from pathlib import Path

import broadcaster.schema  # noqa: F401 - migrations and sessions need every table known
from broadcaster.areas.tables import Station
from broadcaster.audit.roots import make_due_roots
from broadcaster.database import Database
from broadcaster.database.migrate import migrate
from broadcaster.fleet.registry import verify_keys
from broadcaster.ledger.expectations import expect, freeze
from broadcaster.ledger.ingest import store
from broadcaster.ledger.rollups import roll_up
from broadcaster.ledger.watch import close_overdue
from broadcaster.wire import Delivery
from tests.broadcaster.inspection.scene import NEXT_MORNING, ZONE
from tests.broadcaster.ledger import commune
from tests.trail import connect, keys_of

TOGETHER = 500


def filled(
    path: Path,
    *,
    poles: int,
    orders: int,
    batch: int,
    named: Callable[[str], str] | None = None,
) -> Database:
    """Five confirmations a pole and order, so many to a signed message; all of it kept.

    `named` gives ids that begin as told; without it they are short and say which they are.
    """
    database = connect(f"sqlite:///{path}")
    migrate(database)
    names = [named("ord") if named else f"ord-{number}" for number in range(orders)]
    devices = [named("dev") if named else f"loa-{number}" for number in range(poles)]
    with database.writing() as session:
        commune.found(session)
        raised = [commune.raise_pole(session, each, thon_1=1 / poles) for each in devices]
        for name in names:
            expect(session, commune.order(name, broadcast=f"bc-{name}"), now=commune.BEFORE)
    with database.writing() as session:
        freeze(session, now=commune.STARTS)
    for pole in raised:
        for name in names:
            pole.play(order=name)
        _store(database, pole.batches(size=batch))
    with database.writing() as session:
        close_overdue(session, now=NEXT_MORNING)
    _close_the_day(database)
    return database


def _store(database: Database, deliveries: Sequence[Delivery]) -> None:
    with database.reading() as session:
        station = session.get_one(Station, commune.STATION)
        keys = verify_keys(session, commune.STATION)
    for first in range(0, len(deliveries), TOGETHER):
        some = deliveries[first : first + TOGETHER]
        with database.writing() as session:
            found = store(session, some, now=commune.STARTS, keys=keys, station=station)
            assert (found.refused, found.duplicates) == (0, 0)


def _close_the_day(database: Database) -> None:
    rolled_up = True
    while rolled_up:
        with database.writing() as session:
            rolled_up = bool(roll_up(session).broadcasts)
    with database.writing() as session:
        made = make_due_roots(
            session,
            station_id=commune.STATION,
            zone=ZONE,
            keys=keys_of(commune.STATION),
            now=NEXT_MORNING,
        )
        assert made == 1
