"""Emergencies in the signed trail: who ordered what, on whose word; and no word of theirs in it."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
import pytest
from sqlalchemy import select
from sqlmodel import Session

from broadcaster.accounts.stations import viewer_of_account
from broadcaster.accounts.tables import Account
from broadcaster.audit import Act
from broadcaster.audit.entries import Entry, open_entry
from broadcaster.audit.tables import ENTRIES, PRIVATE
from broadcaster.bulletins.texts import sha256_of
from broadcaster.database import Database
from broadcaster.dispatch.vouching import WORDS as WORDS_OF_THE_BOARD
from broadcaster.dispatch.vouching import Unvouched, refusal_notices
from broadcaster.emergency.authorising import revoke
from broadcaster.emergency.ending import end_emergency
from broadcaster.emergency.tables import Emergency, EmergencyAuthorisation
from broadcaster.inspection.findings import Finding, Flaw
from broadcaster.inspection.sight import Sight
from broadcaster.inspection.verifying import Question, verify
from tests.broadcaster.emergency.conftest import WORDS, WatchRoom
from tests.broadcaster.small_station import STATION_ID
from tests.broadcaster.station_keys import trust_of
from tests.trail import keys_of


def entry(database: Database, act: Act) -> tuple[Entry, Mapping[str, str]]:
    """The one entry of an act, its signature verified, and what is kept beside it."""
    beside = ENTRIES.outerjoin(PRIVATE, PRIVATE.c.number == ENTRIES.c.number)
    with database.reading() as session:
        row = session.execute(
            select(ENTRIES.c.message, PRIVATE.c.said)
            .select_from(beside)
            .where(ENTRIES.c.act == act.value)
        ).one()
    said = msgspec.json.decode(row.said, type=dict[str, str]) if row.said else {}
    return open_entry(row.message, trusted=trust_of(keys_of(STATION_ID)).keys).entry, said


def findings(database: Database, *, now: datetime) -> list[Finding]:
    """What an inspector finds."""
    question = Question(root_key=keys_of(STATION_ID).root_public_key, now=now)
    with database.reading() as session:
        return verify(Sight(session.connection()), question).findings


def test_an_order_names_its_places_hazard_and_the_word_that_it_stands_on(room: WatchRoom) -> None:
    """Whether it was a drill as well; what was said is kept beside it."""
    authorisation = room.authorise()
    emergency_id = room.raise_(drill=True, clusters=("cl-1",))

    authorised, _ = entry(room.database, Act.EMERGENCY_AUTHORISED)
    ordered, beside = entry(room.database, Act.EMERGENCY_ORDERED)

    assert (authorised.by, authorised.about) == (room.leader, room.giver)
    assert authorised.details == {"authorisation": authorisation}
    assert (ordered.by, ordered.about) == (room.giver, emergency_id)
    assert ordered.details == {
        "hazard": "dam_release",
        "drill": True,
        "clusters": "cl-1",
        "cadence": "usual",
        "authorisation": authorisation,
        "words_sha256": sha256_of(WORDS),
    }
    assert beside == {"words": WORDS}


def test_an_order_that_is_sent_twice_is_told_once(room: WatchRoom) -> None:
    """A second click orders nothing, and leaves no second entry."""
    room.authorise()
    room.raise_(key="the-same")
    room.raise_(key="the-same")

    ordered, _ = entry(room.database, Act.EMERGENCY_ORDERED)

    assert ordered.by == room.giver


def test_an_end_says_how(room: WatchRoom) -> None:
    """Silence is an act of its own: it needs another right."""
    room.authorise()
    emergency_id = room.raise_()
    with room.database.writing() as session:
        end_emergency(
            session,
            emergency_id,
            ending="mistake",
            words="Đây là báo nhầm.",
            station_id=STATION_ID,
            by=room.giver,
            oversees=False,
            now=room.now(),
        )

    ended, beside = entry(room.database, Act.EMERGENCY_ENDED)

    assert (ended.about, ended.details) == (
        emergency_id,
        {"ending": "mistake", "words_sha256": sha256_of("Đây là báo nhầm.")},
    )
    assert beside == {"words": "Đây là báo nhầm."}


def test_an_authorisation_that_nobody_gave_is_named(room: WatchRoom) -> None:
    """It stands before every order in the place of an approval."""
    room.authorise()
    assert findings(room.database, now=room.now()) == []
    with Database(room.database.engine).writing() as session:
        row = session.execute(select(EmergencyAuthorisation)).scalar_one()
        session.add(
            EmergencyAuthorisation(
                **row.model_dump() | {"id": "emu-made-up", "account_id": room.second_leader}
            )
        )

    (finding,) = findings(room.database, now=room.now())

    assert (finding.table, finding.key) == ("emergency_authorisation", "emu-made-up")
    assert finding.flaw == Flaw.FACT_UNRECORDED


def named_by_nobody(session: Session) -> None:
    """The giver's authorisation is one that no leader gave."""
    row = session.execute(select(EmergencyAuthorisation)).scalar_one()
    made_up = EmergencyAuthorisation(**row.model_dump() | {"id": "emu-made-up"})
    session.add(made_up)
    session.flush()
    session.execute(select(Emergency)).scalar_one().authorisation_id = "emu-made-up"


def taken_back_no_more(session: Session) -> None:
    """What a leader revoked before the order is made to hold again."""
    row = session.execute(select(EmergencyAuthorisation)).scalar_one()
    row.revoked_at, row.revoked_by = None, None


def ordered_by_nobody(session: Session) -> None:
    """The order itself is another one than the giver gave."""
    session.execute(select(Emergency)).scalar_one().hazard = "storm"


@pytest.mark.parametrize("change", [named_by_nobody, taken_back_no_more, ordered_by_nobody])
def test_an_emergency_without_an_entry_reaches_no_pole(
    room: WatchRoom, change: Callable[[Session], None]
) -> None:
    """Neither by the fast path nor in a plan; the board says so."""
    authorisation = room.authorise()
    room.raise_(cadence="once")
    room.make_all()
    if change is taken_back_no_more:
        with room.database.writing() as session:
            revoke(session, authorisation, station_id=STATION_ID, by=room.leader, now=room.now())
    with Database(room.database.engine).writing() as session:
        change(session)

    assert [now.order for now in room.hurry() if now.order] == []
    assert room.orders() == []
    with room.database.reading() as session:
        leader = viewer_of_account(session, session.get_one(Account, room.leader))
        notices = refusal_notices(session, STATION_ID, leader, room.now())
    assert {each.why for each in notices} == {WORDS_OF_THE_BOARD[Unvouched.EMERGENCY]}
    assert all(each.href.startswith("/emergency/em-") for each in notices)
