"""Whoever leads the schedule speaks with the province, by the same clock."""

import threading
from datetime import timedelta
from typing import cast

from broadcaster.dispatch.conductor import Conductor
from broadcaster.dispatch.service import _clock


def test_the_province_is_told_every_sixty_seconds() -> None:
    """One round at a time, beside the feeds and not instead of them; a late one is held."""
    done: list[str] = []
    clock = _clock(
        cast("Conductor", None),
        poll_alerts=lambda: done.append("asked"),
        exchange=lambda: done.append("told"),
        deposed=threading.Event(),
        stopping=threading.Event(),
    )
    job = clock.get_job("exchange")
    assert job is not None
    job.func()

    assert job.trigger.interval == timedelta(seconds=60)
    assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)
    assert done == ["told"]
