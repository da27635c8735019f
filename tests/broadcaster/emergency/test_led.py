"""The dispatch's hurry: an emergency goes out between two beats, ahead of every plan."""

from datetime import timedelta

import pytest

from broadcaster.dispatch.conductor import Conductor, tick
from tests.broadcaster.dispatch.fleet import FakeWire, leading
from tests.broadcaster.emergency.conftest import KEYS, WatchRoom
from tests.broadcaster.emergency.test_ordering import end, rendered_before
from tests.broadcaster.small_station import STATION_ID
from tests.trail import followed


class Led:
    """A conductor with a broker that takes everything."""

    def __init__(self, room: WatchRoom) -> None:
        self.room = room
        self.wire = FakeWire(takes=1_000)
        self.conductor = Conductor(
            database=room.database,
            settings=room.newsroom.small.settings,
            keys=lambda: KEYS,
            wire=self.wire,  # type: ignore[arg-type]
            lead=leading(room.database),
            trail=followed(),
        )

    def said(self, act: str) -> list[str]:
        """The topics of what goes out in a beat, or in a look between two of them."""
        before = len(self.wire.published)
        self.room.newsroom.clock.move(timedelta(milliseconds=200))
        if act == "beat":
            tick(self.conductor, self.room.now())
        else:
            self.conductor.hurry(self.room.now())
        return [
            topic.removeprefix(f"loa/1/{STATION_ID}/")
            for topic, _, _ in self.wire.published[before:]
        ]


@pytest.fixture
def led(room: WatchRoom) -> Led:
    """A led station where the operator may order emergencies, at rest."""
    room.authorise()
    rendered_before(room)
    led = Led(room)
    led.said("beat")
    return led


def test_an_order_waits_for_no_beat_and_is_said_once(led: Led) -> None:
    """At once to both clusters; the plans follow at the beat; then there is nothing to say."""
    led.room.raise_()

    assert led.said("look") == ["now/cl-1", "now/cl-2"]
    assert led.said("look") == []
    assert led.said("beat") == ["plan/cl-1", "plan/cl-2"]
    assert led.said("beat") == []


def test_a_beat_that_comes_first_says_it_as_well(led: Led) -> None:
    """The order before the plan, in one beat."""
    led.room.raise_()

    assert led.said("beat") == ["now/cl-1", "now/cl-2", "plan/cl-1", "plan/cl-2"]
    assert led.said("look") == []


def test_a_silence_is_as_quick_as_an_order(led: Led) -> None:
    """And is said once too."""
    emergency_id = led.room.raise_()
    led.said("look")
    end(led.room, emergency_id, "silence", words="")

    assert led.said("look") == ["now/cl-1", "now/cl-2"]
    assert led.said("look") == []


def test_a_broken_line_gets_it_when_it_is_back(led: Led) -> None:
    """As long as it is of use; the plan holds it besides."""
    led.wire.takes = len(led.wire.published)
    led.room.raise_()

    assert led.said("look") == []
    led.wire.takes = 1_000
    assert led.said("beat")[:2] == ["now/cl-1", "now/cl-2"]
