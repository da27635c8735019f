"""What a device is going through: one fault of a kind, begun and ended, and heard of."""

from devices.simulation.faults.conditions import Conditions
from devices.simulation.faults.kinds import FaultKind
from tests.devices.simulation.faults.weather import episode, under


def test_a_fault_holds_until_it_ends() -> None:
    """Others are not touched by its end."""
    conditions = under(FaultKind.OFFLINE)
    conditions.begin(episode(FaultKind.CRASH))
    conditions.end(FaultKind.OFFLINE)

    assert conditions.active == {FaultKind.CRASH}
    assert conditions.hold(FaultKind.OFFLINE) is None


def test_a_later_fault_of_its_kind_takes_its_place() -> None:
    """With its numbers."""
    conditions = under(FaultKind.SLOW_LINK, delay_ms=5)
    conditions.begin(episode(FaultKind.SLOW_LINK, delay_ms=9))

    assert conditions.settings(FaultKind.SLOW_LINK) == {"delay_ms": 9}


def test_each_change_is_heard_of_once() -> None:
    """Until nobody listens any more; an end of what does not hold is no change."""
    conditions = Conditions()
    heard: list[frozenset[FaultKind]] = []
    stop = conditions.listen(lambda: heard.append(conditions.active))
    conditions.begin(episode(FaultKind.OFFLINE))
    conditions.end(FaultKind.CRASH)
    conditions.end(FaultKind.OFFLINE)
    stop()
    conditions.begin(episode(FaultKind.OFFLINE))

    assert heard == [{FaultKind.OFFLINE}, frozenset()]


def test_chances_fall_as_the_story_says() -> None:
    """The same seed, the same falls; without a chance it always strikes."""
    falls = [
        [conditions.strikes(FaultKind.DUPLICATED) for _ in range(200)]
        for conditions in (
            under(FaultKind.DUPLICATED, chance=0.3),
            under(FaultKind.DUPLICATED, chance=0.3),
        )
    ]

    assert falls[0] == falls[1]
    assert 30 < sum(falls[0]) < 90
    assert under(FaultKind.OFFLINE).strikes(FaultKind.OFFLINE)
    assert not Conditions().strikes(FaultKind.OFFLINE)
