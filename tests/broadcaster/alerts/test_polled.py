"""Whoever leads the schedule asks the feeds, by the same clock."""

import threading
from datetime import timedelta
from typing import cast

from broadcaster.dispatch.conductor import Conductor
from broadcaster.dispatch.service import _clock


def test_feeds_are_asked_every_thirty_seconds() -> None:
    """One round at a time; one that is late is held all the same."""
    asked: list[str] = []
    clock = _clock(
        cast("Conductor", None),
        poll_alerts=lambda: asked.append("asked"),
        tell_webhooks=lambda: asked.append("told"),
        deposed=threading.Event(),
        stopping=threading.Event(),
    )
    job = clock.get_job("alerts")
    assert job is not None
    job.func()

    assert job.trigger.interval == timedelta(seconds=30)
    assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)
    assert asked == ["asked"]


def test_other_systems_are_told_every_five_seconds() -> None:
    """By the same clock, and one round at a time as well."""
    asked: list[str] = []
    clock = _clock(
        cast("Conductor", None),
        poll_alerts=lambda: asked.append("asked"),
        tell_webhooks=lambda: asked.append("told"),
        deposed=threading.Event(),
        stopping=threading.Event(),
    )
    job = clock.get_job("webhooks")
    assert job is not None
    job.func()

    assert job.trigger.interval == timedelta(seconds=5)
    assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)
    assert asked == ["told"]
