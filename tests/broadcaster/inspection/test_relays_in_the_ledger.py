"""A relay in the ledger: it holds as what it is, and nobody makes a bulletin of it unseen."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from broadcaster.database import Database
from broadcaster.inspection.findings import Flaw
from broadcaster.ledger.expectations import expect, freeze
from broadcaster.ledger.tables import PLAYS
from tests.broadcaster.inspection.scene import Scene
from tests.broadcaster.ledger.commune import BEFORE, STARTS, found, ingest, order, raise_pole


@pytest.fixture
def relayed(database: Database) -> Scene:
    """One pole has passed a programme on to its end."""
    with database.writing() as session:
        found(session)
        pole = raise_pole(session, "loa-1", thon_1=1.0)
        expect(session, order(relay=True), now=BEFORE)
    with database.writing() as session:
        freeze(session, now=STARTS)
    pole.play()
    with database.writing() as session:
        ingest(session, pole.batches(), now=STARTS + timedelta(minutes=2))
    return Scene(database, pole, pole, pole)


def test_a_relay_holds(relayed: Scene) -> None:
    """What its device says is folded as the word on a relay."""
    with relayed.database.reading() as session:
        assert session.execute(select(PLAYS.c.state)).scalars().all() == ["relayed"]

    assert relayed.found() == []


def test_a_relay_that_is_made_a_broadcast_is_named(relayed: Scene) -> None:
    """Even where its state is made what its device's word would be of a bulletin."""
    relayed.without_keeping(
        lambda session: session.execute(PLAYS.update().values(relay=False, state="confirmed"))
    )

    (finding,) = relayed.found()

    assert (finding.table, finding.flaw) == ("play", Flaw.FACT_DIFFERS)
