"""Whoever leads the schedule asks, tells and posts beside it, by the same clock."""

import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import cast

from broadcaster.database import Database
from broadcaster.dispatch.chores import Chore, chores_of
from broadcaster.dispatch.conductor import Conductor
from broadcaster.dispatch.service import _clock, keep_awake
from broadcaster.settings import Settings
from broadcaster.watching.around import Around
from tests.broadcaster.small_station import STATION_ID, found_station


def test_each_is_held_at_its_own_pace_one_round_at_a_time() -> None:
    """One that is late is held all the same."""
    done: list[str] = []
    clock = _clock(
        cast("Conductor", None),
        chores=[Chore("asking", 30, lambda: done.append("asked"))],
        deposed=threading.Event(),
        stopping=threading.Event(),
        now=Around().now,
    )
    job = clock.get_job("asking")
    assert job is not None
    job.func()

    assert job.trigger.interval == timedelta(seconds=30)
    assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)
    assert done == ["asked"]


def test_feeds_and_posts_have_two_rounds_a_minute_and_the_province_one(
    database: Database, tmp_path: Path
) -> None:
    """Each round of a station that set up none of it ends well, also where it may not begin."""
    found_station(database, state_dir=tmp_path)
    settings = Settings(state_dir=tmp_path)
    for may in (True, False):
        allowed = partial(bool, may)
        chores = chores_of(
            database, settings, station_id=STATION_ID, may=allowed, may_tell=allowed,
            around=Around(),
        )  # fmt: skip
        for chore in chores:
            chore.round()

        pace = {chore.name: chore.every_s for chore in chores}
        assert pace["alerts"] == 30
        assert pace["exchange"] == 60
        assert pace["posts"] == 30
        assert pace["watching"] == pace["absence"] == 5
        assert pace["webhooks"] == 5


def test_a_clock_that_is_set_back_holds_no_chore_up() -> None:
    """Due by the machine's clock, a job would wait for an hour; it is due at once instead."""
    stopping = threading.Event()
    clock = _clock(
        cast("Conductor", None),
        chores=[Chore("asking", 3_600, lambda: None)],
        deposed=threading.Event(),
        stopping=stopping,
        now=Around().now,
    )
    clock.start(paused=True)
    job = clock.get_job("asking")
    assert job is not None
    job.modify(next_run_time=datetime.now(UTC) + timedelta(hours=1))
    told = iter([7_200.0, 7_200.5, 3_601.0, 3_601.5])

    def wall_s() -> float:
        at_s = next(told)
        if at_s == 3_601.5:
            stopping.set()
        return at_s

    keep_awake(clock, stopping=stopping, wall_s=wall_s, look_s=0.0)
    due = clock.get_job("asking").next_run_time
    clock.shutdown(wait=False)

    assert due <= datetime.now(UTC)
