"""The board as a stream: what is new, signs of life, and its end; by looks, not by the clock."""

import asyncio
from collections.abc import Sequence

from markupsafe import Markup

from broadcaster.schedule.live import LivePart
from broadcaster.schedule.today_events import (
    AT_ONCE_FOR_ONE,
    BEAT_EVERY_LOOKS,
    OpenStreams,
    board_events,
    event,
)


def part(version: str) -> LivePart:
    """A board that says its version."""
    return LivePart(
        shown=Markup("<p>{}</p>\n<p>xã</p>").format(version), version=version, address="/"
    )


def events_of(looks: Sequence[LivePart | None], *, have: str = "") -> list[str]:
    """What a stream tells of these looks, one after the other."""
    left = list(looks)

    async def look() -> LivePart | None:
        return left.pop(0)

    async def no_wait(_seconds: float) -> None:
        await asyncio.sleep(0)

    async def told() -> list[str]:
        events = board_events(look, show=lambda each: str(each.shown), have=have, wait=no_wait)
        return [each async for each in events]

    return asyncio.run(told())


def test_what_is_new_is_told_once() -> None:
    """A version that was told is not told again; the last event says that nobody may look on."""
    events = events_of([part("a"), part("a"), part("b"), None])

    assert [each.split("\n")[0] for each in events] == [
        "retry: 3000",
        "event: board",
        "event: board",
        "event: gone",
    ]
    assert events[1] == "event: board\ndata: <p>a</p>\ndata: <p>xã</p>\n\n"


def test_what_the_page_shows_already_is_not_told() -> None:
    """A page names the version that it was made with."""
    assert events_of([part("a"), None], have="a")[1:] == [event("gone")]


def test_a_quiet_stream_says_that_it_lives() -> None:
    """Often enough for whoever listens to notice that it broke."""
    events = events_of([part("a")] * (2 * BEAT_EVERY_LOOKS + 1) + [None])

    assert events.count(event("beat")) == 2


def test_one_person_cannot_hold_all_streams() -> None:
    """Beyond some of their own they are turned away, and nobody else is."""
    streams = OpenStreams()
    held = [streams.one("acc-1") for _ in range(AT_ONCE_FOR_ONE)]
    rooms = [each.__enter__() for each in held]
    with streams.one("acc-1") as one_more, streams.one("acc-2") as another:
        assert (all(rooms), one_more, another) == (True, False, True)
    for each in held:
        each.__exit__(None, None, None)
    assert streams.total() == 0
