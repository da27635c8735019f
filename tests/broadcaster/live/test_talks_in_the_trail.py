"""Talks in the signed trail: who opened, allowed and stopped them; the ledger holds after them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session

from broadcaster.audit import Act
from broadcaster.audit.entries import Entry, open_entry
from broadcaster.audit.tables import ENTRIES
from broadcaster.database import Database
from broadcaster.dispatch.vouching import WORDS, Unvouched, refusal_notices
from broadcaster.inspection.findings import Finding, Flaw
from broadcaster.inspection.sight import Sight
from broadcaster.inspection.verifying import Question, verify
from broadcaster.ledger.expectations import freeze
from broadcaster.ledger.tables import PLAYS
from broadcaster.live.ending import end_talk
from broadcaster.live.tables import LivePermit, LiveTalk
from tests.broadcaster.live.studio import WITHIN, LiveStudio
from tests.broadcaster.small_station import STATION_ID
from tests.broadcaster.station_keys import trust_of
from tests.trail import keys_of

TO_NIGHT = timedelta(hours=8, minutes=57)
"""From noon to shortly before quiet hours begin."""

REASON = "Trực bão số 9"


def entries(database: Database, *acts: Act) -> Sequence[Entry]:
    """What the trail says of these acts, each signature verified."""
    trusted = trust_of(keys_of(STATION_ID)).keys
    statement = select(ENTRIES.c.message).where(ENTRIES.c.act.in_(acts)).order_by(ENTRIES.c.number)
    with database.reading() as session:
        messages = session.execute(statement).scalars().all()
    return [open_entry(each, trusted=trusted).entry for each in messages]


def findings(database: Database, *, now: datetime) -> list[Finding]:
    """What an inspector finds."""
    question = Question(root_key=keys_of(STATION_ID).root_public_key, now=now)
    with database.reading() as session:
        return verify(Sight(session.connection()), question).findings


@pytest.fixture
def ended(studio: LiveStudio) -> str:
    """A talk that had begun on every device before anybody knew how long it would be."""
    studio.permit(quiet=REASON)
    talk_id = studio.ask()
    studio.begin(talk_id)
    studio.sign()
    studio.later(timedelta(seconds=40))
    with studio.database.writing() as session:
        assert freeze(session, now=studio.now())
    with studio.database.writing() as session:
        end_talk(
            session,
            talk_id,
            because="finished",
            said_ms=38_400,
            end_within=WITHIN,
            now=studio.now(),
        )
    return talk_id


def test_the_ledger_holds_after_a_talk(studio: LiveStudio, ended: str) -> None:
    """Its length is a fact of the entry that says that it ended, who spoke for how long."""
    (entry,) = entries(studio.database, Act.TALK_ENDED)

    assert (entry.about, entry.by, entry.details["said_ms"]) == (ended, "", 38_400)
    assert {fact.table for fact in entry.facts} == {"play"}
    assert findings(studio.database, now=studio.now()) == []


def test_another_length_than_the_entry_says_is_named(studio: LiveStudio, ended: str) -> None:
    """A talk that is made shorter would be heard whole by poles that were cut off."""
    del ended
    with Database(studio.database.engine).writing() as session:
        session.execute(PLAYS.update().values(asked_ms=1_000))

    named = findings(studio.database, now=studio.now())

    assert {(each.table, each.flaw) for each in named} == {("play", Flaw.FACT_DIFFERS)}
    assert len(named) == 3


def test_a_permit_that_nobody_gave_is_named(studio: LiveStudio, ended: str) -> None:
    """It is the second person's word, as an approval is."""
    del ended
    with Database(studio.database.engine).writing() as session:
        permit = session.execute(select(LivePermit)).scalar_one()
        permit.granted_by = studio.other_leader
        session.add(LivePermit(**permit.model_dump() | {"id": "permit-made-up"}))

    named = findings(studio.database, now=studio.now())

    assert {(each.table, each.flaw) for each in named} == {
        ("live_permit", Flaw.FACT_DIFFERS),
        ("live_permit", Flaw.FACT_UNRECORDED),
    }


def of_a_made_up_permit(session: Session) -> None:
    """Nobody gave it."""
    permit = session.execute(select(LivePermit)).scalar_one()
    session.add(LivePermit(**permit.model_dump() | {"id": "permit-made-up"}))
    session.flush()
    session.execute(select(LiveTalk)).scalar_one().permit_id = "permit-made-up"


def with_a_later_end(session: Session) -> None:
    """The permit was to end before."""
    permit = session.execute(select(LivePermit)).scalar_one()
    permit.valid_until += timedelta(days=300)


def for_longer(session: Session) -> None:
    """More than was asked for."""
    session.execute(select(LiveTalk)).scalar_one().longest_ms = 2_700_000


def by_night(session: Session) -> None:
    """In a leader's name who allowed nothing."""
    talk = session.execute(select(LiveTalk)).scalar_one()
    talk.override_person, talk.override_reason = "Thanh", "Bão"


@pytest.mark.parametrize("change", [of_a_made_up_permit, with_a_later_end, for_longer, by_night])
def test_a_talk_without_its_entries_opens_no_pole(
    studio: LiveStudio, change: Callable[[Session], None]
) -> None:
    """Rows past the desk are no permit and no asking; the talk is closed, and the board says so."""
    studio.permit()
    talk_id = studio.ask()
    studio.begin(talk_id)
    with Database(studio.database.engine).writing() as session:
        change(session)

    assert studio.sign() == []
    with studio.database.reading() as session:
        assert session.get_one(LiveTalk, talk_id).ended_because == "not_permitted"
        leader = studio.viewer(studio.room.leader)
        (notice,) = refusal_notices(session, STATION_ID, leader, studio.now())
    assert notice.why == WORDS[Unvouched.TALK]


def test_who_allowed_it_in_quiet_hours_is_named_by_id(studio: LiveStudio) -> None:
    """The reason and the title are people's words, and stay outside what cannot be erased."""
    studio.permit(quiet=REASON)
    studio.later(TO_NIGHT)
    talk_id = studio.ask(title="Chị Hạnh báo tin")

    permitted, opened, override = entries(
        studio.database, Act.LIVE_PERMITTED, Act.TALK_OPENED, Act.QUIET_HOURS_OVERRIDDEN
    )

    assert (permitted.by, permitted.about) == (studio.room.leader, studio.room.operator)
    assert (opened.by, opened.about) == (studio.room.operator, talk_id)
    assert opened.details["clusters"] == "cl-1 cl-2"
    assert (override.by, override.about) == (studio.room.operator, talk_id)
    assert override.details == {"allowed_by": studio.room.leader}
    said = " ".join(str(each) for each in (permitted, opened, override))
    assert REASON not in said
    assert "Hạnh" not in said


def test_a_stop_and_a_permit_taken_back_are_told_once(studio: LiveStudio) -> None:
    """Whoever stops what is over already has done nothing."""
    permit = studio.permit()
    talk_id = studio.ask()
    studio.stop(talk_id)
    studio.stop(talk_id)
    studio.revoke(permit)

    stopped, revoked = entries(studio.database, Act.TALK_STOPPED, Act.LIVE_PERMIT_REVOKED)

    assert (stopped.by, stopped.about) == (studio.room.leader, talk_id)
    assert (revoked.by, revoked.details) == (studio.room.leader, {"permit": permit.id})
