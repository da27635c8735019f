"""Whatever people do to a schedule: one thing at a time on each device, and no night unnoticed.

A device belongs to one cluster, so what holds for every cluster's orders holds for every device.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from broadcaster.areas.tables import Station
from broadcaster.errors import BadInput, Conflict
from broadcaster.schedule.air_rules import station_quiet_hours
from broadcaster.schedule.placing import Choice
from broadcaster.schedule.queueing import cancel_schedule
from broadcaster.schedule.series import Scope
from broadcaster.schedule.tables import Broadcast, BroadcastOrder, Schedule
from broadcaster.schedule.taken import rule_of
from broadcaster.schedule.timetable import plays
from tests.broadcaster.newsroom import Newsroom
from tests.broadcaster.small_station import NOON, STATION_ID

HOURS = st.sampled_from(
    ["17:00", "17:01", "16:59", "06:00", "05:30", "05:29", "20:59", "21:00", "23:59", "00:00"]
)
DAYS = st.sampled_from(["2026-11-24", "2026-11-25", "2026-11-26"])
WALL = st.builds("{}T{}".format, DAYS, HOURS)
REPEATS = st.sampled_from([(1, 0), (1, 0), (2, 1), (3, 20), (4, 240)])
CLUSTERS = st.sampled_from([("cl-1",), ("cl-2",), ("cl-1", "cl-2")])
RULES = st.sampled_from(
    [
        "",
        "",
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=TU,TH",
        "RSCALE=VIETNAMESE;FREQ=MONTHLY;BYMONTHDAY=16",
    ]
)
CHOICES = st.sampled_from([None, *Choice])
REASONS = st.sampled_from(["Lũ lên nhanh", ""])

QUEUE = st.tuples(st.just("queue"), WALL, RULES, REPEATS, CLUSTERS, CHOICES, REASONS,
                  st.sampled_from([2, 3]))  # fmt: skip
MOVE = st.tuples(st.just("move"), st.integers(0, 9), WALL, st.sampled_from(list(Scope)), REPEATS,
                 CHOICES, REASONS)  # fmt: skip
SKIP = st.tuples(st.just("skip"), st.integers(0, 9))
CANCEL = st.tuples(st.just("cancel"), st.integers(0, 9))
WAIT = st.tuples(st.just("wait"), st.integers(1, 30))
ACTS = st.builds(
    lambda queued, done: [*queued, *done],
    st.lists(QUEUE, min_size=2, max_size=4),
    st.lists(st.one_of(QUEUE, MOVE, MOVE, SKIP, CANCEL, WAIT), min_size=1, max_size=6),
)


def begin_anew(newsroom: Newsroom) -> None:
    """An empty schedule at noon: withdrawn is as good as never made."""
    with newsroom.small.database.writing() as session:
        for schedule in session.exec(select(Schedule)):
            cancel_schedule(
                session, schedule.id, by=newsroom.leader, now=NOON, station_id=STATION_ID
            )
        for broadcast in session.exec(select(Broadcast)):
            broadcast.cancelled_at = NOON - timedelta(days=1)
    newsroom.clock.now = NOON


def occurrence_of(newsroom: Newsroom, number: int) -> tuple[str, str] | None:
    """An occurrence that is still to come, whichever that is."""
    with newsroom.small.database.reading() as session:
        zone = station_quiet_hours(session.get_one(Station, STATION_ID)).zone
        open_ones = session.exec(
            select(Schedule).where(Schedule.cancelled_at.is_(None))  # type: ignore[union-attr]
            .order_by(Schedule.created_at, Schedule.id)  # type: ignore[arg-type]
        ).all()  # fmt: skip
        found = [
            (each.id, play.occurrence)
            for each in open_ones
            for play in plays(
                rule_of(session, each, zone),
                after=newsroom.now(),
                until=newsroom.now() + timedelta(days=8),
            )
        ]
    return found[number % len(found)] if found else None


def act(newsroom: Newsroom, bulletins: Callable[[int], str], given: tuple[object, ...]) -> None:
    """Do one thing as a leader does it; what the rules refuse is not done."""
    name, *rest = given
    try:
        match name, *rest:
            case "queue", at, rule, (times, every), clusters, choice, reason, priority:
                newsroom.queue(bulletins(priority), at=at, recurrence=rule, times=times,
                               every_min=every, clusters=clusters, choice=choice, reason=reason,
                               by=newsroom.leader)  # type: ignore[arg-type]  # fmt: skip
            case "move", number, to, scope, (times, every), choice, reason:
                chosen = occurrence_of(newsroom, number)  # type: ignore[arg-type]
                if chosen is not None:
                    newsroom.move(*chosen, to, scope=scope, times=times, every_min=every,
                                  choice=choice, reason=reason, by=newsroom.leader)  # type: ignore[arg-type]  # fmt: skip
            case "skip", number:
                chosen = occurrence_of(newsroom, number)  # type: ignore[arg-type]
                if chosen is not None:
                    newsroom.skip(*chosen)
            case "cancel", number:
                chosen = occurrence_of(newsroom, number)  # type: ignore[arg-type]
                if chosen is not None:
                    with newsroom.small.database.writing() as session:
                        cancel_schedule(
                            session,
                            chosen[0],
                            by=newsroom.leader,
                            now=newsroom.now(),
                            station_id=STATION_ID,
                        )
            case "wait", hours:
                newsroom.clock.move(timedelta(hours=hours))  # type: ignore[arg-type]
    except (BadInput, Conflict):
        pass
    newsroom.plan()


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_whatever_is_done_one_thing_plays_and_no_night_is_broken_unnoticed(
    newsroom_on_sqlite: Newsroom, acts: list[tuple[object, ...]]
) -> None:
    """No two overlap on a cluster, and a night has a person and a reason."""
    newsroom = newsroom_on_sqlite
    begin_anew(newsroom)
    known: dict[int, str] = {}

    def bulletins(priority: int) -> str:
        if priority not in known:
            known[priority] = newsroom.bulletin(f"Tin số {priority}.", priority=priority)
        return known[priority]

    for each in acts:
        act(newsroom, bulletins, each)
        check(newsroom)


def check(newsroom: Newsroom) -> None:
    """What must hold after every act."""
    with newsroom.small.database.reading() as session:
        quiet = station_quiet_hours(session.get_one(Station, STATION_ID))
        rows = session.exec(
            select(Broadcast, BroadcastOrder.cluster_id)
            .join(BroadcastOrder, BroadcastOrder.broadcast_id == Broadcast.id)  # type: ignore[arg-type]
            .where(Broadcast.cancelled_at.is_(None))  # type: ignore[union-attr]
        ).all()
    on_air: dict[str, list[tuple[datetime, datetime]]] = {}
    for broadcast, cluster_id in rows:
        length = timedelta(milliseconds=broadcast.slot_ms)
        span = (broadcast.starts_at, broadcast.starts_at + length)
        on_air.setdefault(cluster_id, []).append(span)
        touches = quiet.touched_by(broadcast.starts_at, length)
        assert touches == bool(broadcast.override_person and broadcast.override_reason)
    for spans in on_air.values():
        for (_, ends), (begins, _) in pairwise(sorted(spans)):
            assert ends <= begins
