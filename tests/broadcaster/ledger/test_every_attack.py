"""Whatever an attacker says, nothing of it counts, each attempt is noted, and the honest are heard.

`LOA_ATTACKS` sets how many examples are tried; each is `ATTACKS_AN_EXAMPLE` messages to one ledger.
"""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nacl.encoding import HexEncoder
from sqlmodel import Session, col, select
from structlog.testing import capture_logs

from broadcaster.database import Database, connect
from broadcaster.fleet.tables import Device, DeviceHealth, DeviceStatus
from broadcaster.ledger.expectations import expect
from broadcaster.ledger.incident_queries import newest_incidents
from broadcaster.ledger.tables import ConfirmationRow, Play
from devices.protocol.messages import Kind
from tests.attack_count import tell
from tests.broadcaster.ledger.attacks import (
    ATTACKS,
    THIEF,
    THIEFS_KEY,
    VICTIM,
    VICTIMS_KEY,
    Attack,
    last_hash,
    recorded,
    the_victim,
)
from tests.broadcaster.ledger.commune import BEFORE, STATION, found, ingest, order, raise_pole

ATTACKS_AN_EXAMPLE = 20

bounded = settings(
    max_examples=int(os.environ.get("LOA_ATTACKS", "40")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class TakenBack(Exception):
    """Ends an example without a trace of it."""


@pytest.fixture
def attacked(database_url: str) -> Iterator[Database]:
    """A ledger in which the victim's play stands, and the thief's is expected."""
    database = connect(database_url)
    with database.writing() as session:
        found(session)
        for device, key in ((THIEF, THIEFS_KEY), (VICTIM, VICTIMS_KEY)):
            raise_pole(session, device, thon_1=0.5)
            row = session.get_one(Device, device)
            row.public_key = key.verify_key.encode(HexEncoder).decode()
        session.flush()
        expect(session, order(), now=BEFORE)
        ingest(session, recorded())
    yield database
    database.dispose()


def believed(session: Session) -> list[object]:
    """All that the ledger holds for true: what was said, what came of it, how devices are."""
    session.expire_all()
    return [
        session.exec(select(ConfirmationRow.device_id, ConfirmationRow.seq)).all(),
        [
            play.model_dump(exclude={"folded_at"})
            for play in session.exec(select(Play).order_by(col(Play.device_id)))
        ],
        [each.model_dump() for each in session.exec(select(DeviceStatus))],
        [each.model_dump() for each in session.exec(select(DeviceHealth))],
    ]


def test_no_message_counts_that_nobody_may_say(attacked: Database) -> None:
    """Neither one by one nor all at once; and the victim's next word is taken and receipted."""
    sent = Counter[str]()

    @given(st.lists(ATTACKS, min_size=ATTACKS_AN_EXAMPLE, max_size=ATTACKS_AN_EXAMPLE))
    @bounded
    def attack(attacks: list[Attack]) -> None:
        sent.update(each.name for each in attacks)
        with suppress(TakenBack), capture_logs(), attacked.writing() as session:
            assert_nothing_counts(session, attacks)
            raise TakenBack

    attack()
    tell(sent)


def assert_nothing_counts(session: Session, attacks: Sequence[Attack]) -> None:
    """Half of it one by one, and half of it at once."""
    before = believed(session)
    half = len(attacks) // 2
    for each in attacks[:half]:
        stored = ingest(session, [each.delivery])
        assert (stored.new, stored.statuses, stored.health) == (0, 0, 0), each
        assert stored.refused == each.is_noted, each
    stored = ingest(session, [each.delivery for each in attacks[half:]])
    assert (stored.new, stored.statuses, stored.health) == (0, 0, 0)
    assert stored.refused == sum(each.is_noted for each in attacks[half:])
    assert believed(session) == before

    shown = newest_incidents(
        session, station_id=STATION, with_strangers=True, limit=2 * len(attacks)
    )
    noted = {hashlib.sha256(each.payload).hexdigest() for each in attacks if each.is_noted}
    assert {each.evidence_sha256 for each in shown} == noted

    honest = the_victim()
    honest.say(Kind.RECEIVED, order="ord-2")
    receipts = ingest(session, [honest.batch(first=6)]).receipts
    assert [(each.device, each.seq, each.chain) for each in receipts] == [
        (VICTIM, 6, last_hash(honest))
    ]
