"""Whoever leads the schedule asks the feeds and sends the posts, by the same clock."""

import threading
from datetime import timedelta
from typing import cast

import pytest

from broadcaster.dispatch.conductor import Conductor
from broadcaster.dispatch.service import _clock


@pytest.mark.parametrize(("name", "done"), [("alerts", "asked"), ("posts", "posted")])
def test_feeds_are_asked_and_posts_sent_every_thirty_seconds(name: str, done: str) -> None:
    """One round at a time; one that is late is held all the same."""
    asked: list[str] = []
    clock = _clock(
        cast("Conductor", None),
        poll_alerts=lambda: asked.append("asked"),
        post=lambda: asked.append("posted"),
        deposed=threading.Event(),
        stopping=threading.Event(),
    )
    job = clock.get_job(name)
    assert job is not None
    job.func()

    assert job.trigger.interval == timedelta(seconds=30)
    assert (job.coalesce, job.max_instances, job.misfire_grace_time) == (True, 1, None)
    assert asked == [done]
