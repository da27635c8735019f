"""The ledger expects of emergencies what is said soon, and forgets what is said no more."""

from datetime import timedelta

from sqlmodel import col, select

from broadcaster.emergency.ending import end_emergency
from broadcaster.ledger.expectations import freeze
from broadcaster.ledger.queries import broadcast_report
from broadcaster.ledger.tables import Play, PlayShare
from tests.broadcaster.emergency.conftest import WatchRoom
from tests.broadcaster.emergency.test_ordering import rendered_before
from tests.broadcaster.small_station import STATION_ID


def expected(room: WatchRoom) -> list[tuple[int, str]]:
    """Repeats and devices of which a play is expected."""
    with room.database.reading() as session:
        rows = session.exec(
            select(Play.repeat, Play.device_id).order_by(
                col(Play.device_id), col(Play.starts_at), col(Play.repeat)
            )
        ).all()
    return [(repeat, device) for repeat, device in rows]


def test_each_time_that_is_said_soon_is_expected_of_each_device(room: WatchRoom) -> None:
    """At once and twice after five minutes; who lives there is written down once for all of it."""
    room.authorise()
    rendered_before(room)
    room.raise_()
    room.make_all()
    room.orders()

    assert expected(room) == [(n, f"loa-{d}") for d in (0, 1) for n in (0, 1, 2)]
    with room.database.reading() as session:
        orders = {share.order_id for share in session.exec(select(PlayShare))}
        plays = session.exec(select(Play).where(Play.repeat == 0)).all()
    assert orders == {play.order_id for play in plays if play.cluster_id == "cl-1"}
    assert {play.topic for play in plays} == {"Khẩn cấp"}
    room.newsroom.clock.move(timedelta(minutes=12))
    room.orders()
    assert (3, "loa-0") in expected(room)


def test_what_is_said_no_more_is_not_expected(room: WatchRoom) -> None:
    """What has begun stays a record; what was to come is forgotten."""
    room.authorise()
    rendered_before(room)
    emergency_id = room.raise_()
    room.make_all()
    room.orders()
    room.newsroom.clock.move(timedelta(minutes=5, seconds=1))
    with room.database.writing() as session:
        freeze(session, now=room.now())
        end_emergency(
            session,
            emergency_id,
            ending="silence",
            words="",
            station_id=STATION_ID,
            by=room.giver,
            oversees=False,
            now=room.now(),
        )
    room.orders()

    assert expected(room) == [(n, f"loa-{d}") for d in (0, 1) for n in (0, 1)]


def test_a_pole_that_said_one_of_its_repeats_counts_once(room: WatchRoom) -> None:
    """The report of a part holds all its times; a village is asked once."""
    room.authorise()
    rendered_before(room)
    emergency_id = room.raise_(clusters=("cl-1",))
    room.make_all()
    room.orders()
    part = room.parts(emergency_id)["message"]
    with room.database.reading() as session:
        report = broadcast_report(session, part.id, villages=None)

    assert report is not None
    assert report.title.startswith("Khẩn cấp")
    assert [(play.repeat, play.device_id) for play in report.devices] == [
        (0, "loa-0"),
        (1, "loa-0"),
        (2, "loa-0"),
    ]
    assert [village.name for village in report.villages] == ["Thôn Một", "Thôn Hai"]
