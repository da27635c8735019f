"""Whoever writes the database makes no pole speak: an order needs the entry of the act behind it.

Every change here is made past the desk, in a session that keeps no trail.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, event, select, update
from sqlmodel import Session, col

from broadcaster.accounts.roles import Role
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.tables import Station
from broadcaster.audit import keep_trail
from broadcaster.audit.acts import Act
from broadcaster.audit.following import FollowedTrail
from broadcaster.audit.tables import ENTRIES, PRIVATE
from broadcaster.bulletins.tables import Approval
from broadcaster.bulletins.texts import sha256_of
from broadcaster.database import Database
from broadcaster.dispatch.signing import newest_plan, sign_changed_plans
from broadcaster.dispatch.tables import RefusedOrder
from broadcaster.dispatch.vouching import SHOWN_FOR, WORDS, Unvouched, refusal_notices
from broadcaster.schedule.pages import BoardNotice
from broadcaster.schedule.tables import Broadcast, Schedule
from devices.protocol.messages import Order
from tests.broadcaster.newsroom import Newsroom, open_newsroom
from tests.broadcaster.small_station import STATION_ID
from tests.broadcaster.station_keys import made_keys, plan_as_devices_see
from tests.trail import followed

KEYS = made_keys()
WITHIN = timedelta(seconds=90)
SECOND = timedelta(seconds=1)
LEADER = Viewer(
    account_id="acc-thanh", username="thanh", display_name="Thanh", roles=frozenset({Role.LEADER})
)


@pytest.fixture
def newsroom(on_sqlite: Database, tmp_path: Path) -> Newsroom:
    """A station at noon of a Monday, an operator and a leader."""
    return open_newsroom(on_sqlite, state_dir=tmp_path)


@contextmanager
def past_the_desk(newsroom: Newsroom) -> Iterator[Session]:
    """A session of whoever has the database and nothing else."""
    with Database(newsroom.small.database.engine).writing() as session:
        yield session


def signed(newsroom: Newsroom, trail: FollowedTrail | None = None) -> tuple[Order, ...]:
    """The orders of the newest plan of the first cluster, as its devices verify it."""
    newsroom.plan()
    with newsroom.small.database.writing() as session:
        sign_changed_plans(
            session,
            station=session.get_one(Station, STATION_ID),
            keys=KEYS,
            trail=trail or followed(),
            now=newsroom.now(),
            days=8,
            start_within=WITHIN,
            end_within=WITHIN,
        )
        newest = newest_plan(session, "cl-1")
    if newest is None:
        return ()
    return plan_as_devices_see(newest.message, keys=KEYS, cluster="cl-1").orders


def queued(newsroom: Newsroom, *, approved: bool = True) -> str:
    """A bulletin that is queued for this afternoon."""
    bulletin = newsroom.bulletin(approved=approved)
    newsroom.queue(bulletin, at="2026-11-23T17:00")
    return bulletin


def made_up(newsroom: Newsroom, bulletin: str, id_: str = "apr-made-up") -> None:
    """An approval that nobody gave, in the leader's name."""
    with past_the_desk(newsroom) as session:
        rendition = newsroom.rendition(session, bulletin)
        session.add(
            Approval(
                id=id_, bulletin_id=bulletin, rendition_id=rendition.id,
                spoken_sha256=sha256_of(rendition.spoken), audio_sha256=rendition.audio_sha256,
                approver_id=newsroom.leader, approved=True,
                decided_at=newsroom.now() + SECOND,
            )
        )  # fmt: skip


def notices(newsroom: Newsroom) -> list[BoardNotice]:
    """What the board says of it to a leader."""
    with newsroom.small.database.reading() as session:
        return list(refusal_notices(session, STATION_ID, LEADER, newsroom.now()))


def test_an_approval_that_nobody_gave_is_not_signed_and_the_board_says_so(
    newsroom: Newsroom,
) -> None:
    """Until a person approves it: then it is signed, and the board speaks of it no more."""
    bulletin = queued(newsroom, approved=False)
    made_up(newsroom, bulletin)

    assert signed(newsroom) == ()
    (notice,) = notices(newsroom)
    assert notice.urgent
    assert notice.why == WORDS[Unvouched.APPROVAL]
    newsroom.clock.move(2 * SECOND)
    with past_the_desk(newsroom) as session:
        session.execute(delete(Approval))
    newsroom.approve(bulletin)
    assert len(signed(newsroom)) == 1
    assert notices(newsroom) == []


def test_the_board_speaks_of_it_for_a_week(newsroom: Newsroom) -> None:
    """Also when the hour has gone by, for whoever looks tomorrow."""
    made_up(newsroom, queued(newsroom, approved=False))
    signed(newsroom)
    newsroom.clock.move(SHOWN_FOR - SECOND)

    assert len(notices(newsroom)) == 1
    newsroom.clock.move(SECOND)
    assert notices(newsroom) == []


def returned_row_is_gone(session: Session) -> None:
    """The decision is taken out of its table."""
    session.execute(delete(Approval).where(~col(Approval.approved)))


def return_is_turned(session: Session) -> None:
    """The decision is made the opposite one."""
    session.execute(update(Approval).values(approved=True))


def return_is_gone_with_its_entry(session: Session) -> None:
    """The decision is taken out, and out of the trail."""
    returned_row_is_gone(session)
    session.execute(delete(PRIVATE))
    session.execute(delete(ENTRIES).where(ENTRIES.c.act == Act.BULLETIN_RETURNED))


@pytest.mark.parametrize(
    "change", [returned_row_is_gone, return_is_turned, return_is_gone_with_its_entry]
)
def test_what_was_returned_is_not_approved_again_past_the_desk(
    newsroom: Newsroom, change: Callable[[Session], None]
) -> None:
    """The newest decision counts; one that was cut out of the trail takes those before it along."""
    bulletin = queued(newsroom)
    newsroom.clock.move(SECOND)
    newsroom.approve(bulletin, approved=False)
    newsroom.bulletin("Chiều nay họp thôn.")
    with past_the_desk(newsroom) as session:
        change(session)

    assert signed(newsroom) == ()


@pytest.mark.parametrize("column", ["recordings", "replay", "parts"])
def test_sounds_put_beside_an_approved_one_are_not_signed(newsroom: Newsroom, column: str) -> None:
    """The entry names all that is heard: languages, the repeat, the parts of a playlist."""
    bulletin = queued(newsroom)
    (planned,) = newsroom.plan()
    sound = {"audio_sha256": "e" * 64, "audio_size_bytes": 1, "duration_ms": 1_000}
    beside = {
        "recordings": [{**sound, "language": "tay", "village": "Thôn 1", "village_id": "vil-1"}],
        "replay": sound,
        "parts": [{**sound, "title": "Nhạc", "bulletin_id": ""}],
    }
    with past_the_desk(newsroom) as session:
        setattr(newsroom.rendition(session, bulletin), column, beside[column])
        if column == "recordings":
            session.get_one(Broadcast, planned.id).recordings = beside[column]  # type: ignore[assignment]

    assert signed(newsroom) == ()


def test_leave_for_the_night_that_nobody_gave_is_not_signed(newsroom: Newsroom) -> None:
    """A name and a reason in the rows of schedule and broadcast are none in the trail."""
    queued(newsroom)
    (planned,) = newsroom.plan()
    with past_the_desk(newsroom) as session:
        schedule = session.get_one(Schedule, planned.schedule_id)
        schedule.override_by, schedule.override_reason = newsroom.leader, "bão"
        schedule.override_rules = "quiet_hours"
        broadcast = session.get_one(Broadcast, planned.id)
        broadcast.override_person, broadcast.override_reason = "Thanh", "bão"

    assert signed(newsroom) == ()
    assert [each.why for each in notices(newsroom)] == [WORDS[Unvouched.EXCEPTION]]


@pytest.mark.parametrize("asked_by", ["operator", "leader"])
def test_leave_for_the_night_that_a_leader_gave_is_signed(
    newsroom: Newsroom, asked_by: str
) -> None:
    """The leader who asks, or who approves what an operator asked for; nobody else's name."""
    bulletin = newsroom.bulletin(approved=asked_by == "leader")
    by = getattr(newsroom, asked_by)
    newsroom.queue(bulletin, at="2026-11-23T22:00", reason="Bão số 5", by=by)
    if asked_by == "operator":
        newsroom.clock.move(SECOND)
        newsroom.approve(bulletin)

    (order,) = signed(newsroom)
    assert order.override is not None
    with past_the_desk(newsroom) as session:
        session.execute(update(Schedule).values(override_by=newsroom.operator))
    newsroom.clock.move(SECOND)
    assert signed(newsroom) == ()


def test_an_entry_that_was_made_up_vouches_for_nothing(newsroom: Newsroom) -> None:
    """Another entry's bytes under a new number are none; what people say after it counts."""
    bulletin = queued(newsroom, approved=False)
    made_up(newsroom, bulletin)
    with past_the_desk(newsroom) as session:
        last = session.execute(select(ENTRIES).order_by(ENTRIES.c.number.desc())).first()
        assert last is not None
        copied = dict(last._mapping) | {"number": last.number + 1}
        session.execute(ENTRIES.insert().values(**copied))

    assert signed(newsroom) == ()
    newsroom.clock.move(2 * SECOND)
    again = newsroom.bulletin("Chiều nay họp thôn.")
    newsroom.queue(again, at="2026-11-23T18:00")
    assert len(signed(newsroom)) == 1


def test_who_follows_sees_that_the_end_was_cut_off(newsroom: Newsroom) -> None:
    """A process that has read an entry believes nothing of a trail in which it is another one."""
    trail = followed()
    queued(newsroom)
    assert len(signed(newsroom, trail)) == 1
    with newsroom.small.database.reading() as session:
        trail.follow(session)
    with past_the_desk(newsroom) as session:
        last = session.execute(select(ENTRIES.c.number).order_by(ENTRIES.c.number.desc()))
        session.execute(delete(PRIVATE))
        session.execute(delete(ENTRIES).where(ENTRIES.c.number == last.scalars().first()))
    newsroom.bulletin("Chiều nay họp thôn.", approved=False)
    newsroom.clock.move(SECOND)

    assert signed(newsroom, trail) == ()


def test_another_key_of_the_station_goes_on_with_the_trail(newsroom: Newsroom) -> None:
    """A new signing key brings its keyring along; what the old one signed still counts."""
    queued(newsroom)
    keep_trail(newsroom.small.database, lambda station: made_keys(station, seed=b"n", serial=2))
    newsroom.queue(newsroom.bulletin("Chiều nay họp thôn."), at="2026-11-23T18:00")

    assert len(signed(newsroom)) == 2


def test_what_was_verified_is_not_read_again(newsroom: Newsroom) -> None:
    """What is known is answered from memory; looking for what is new is one statement."""
    trail = followed()
    for number in range(4):
        newsroom.queue(
            newsroom.bulletin(f"Tin số {number} của xã."), at=f"2026-11-23T1{number + 4}:00"
        )
    assert len(signed(newsroom, trail)) == 4
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(newsroom.small.database.engine, "before_cursor_execute", note)
    with newsroom.small.database.reading() as session:
        trail.follow(session)
        decisions = session.exec(select(Approval)).scalars().all()  # type: ignore[call-overload]
        asked.clear()
        assert all(trail.is_newest_decision(session, each) for each in decisions)

        assert asked == []
        trail.follow(session)
    event.remove(newsroom.small.database.engine, "before_cursor_execute", note)
    assert len(asked) == 1


def test_refusals_name_what_exists(newsroom: Newsroom) -> None:
    """A row for each order that was refused, once however often it is looked at."""
    made_up(newsroom, queued(newsroom, approved=False))
    for _ in range(3):
        newsroom.clock.move(SECOND)
        signed(newsroom)

    with newsroom.small.database.reading() as session:
        (row,) = session.execute(select(RefusedOrder)).scalars()
        assert session.get(Broadcast, row.about) is not None
