"""A clock that jumps is not followed, unless a time server set it; each is tried at both ends."""

from datetime import UTC, datetime, timedelta

import pytest

from broadcaster.kept_clock import KeptClock

HOUR_US = 3_600_000_000
NOON_US = 1_795_582_800_000_000
ADRIFT, HELD = (0x40, 16_000_000), (0x2001, 1_000)


class Machine:
    """A machine whose clock can be set."""

    def __init__(self) -> None:
        self.running_us = 77_000_000
        self.ahead_us = NOON_US
        self.kernel: tuple[int, int] | None = ADRIFT
        self.clock = KeptClock(
            wall_us=lambda: self.running_us + self.ahead_us,
            running_us=lambda: self.running_us,
            kernel=lambda: self.kernel,
        )

    def pass_by(self, us: int) -> None:
        """Let time pass."""
        self.running_us += us

    @property
    def right(self) -> datetime:
        """What time it is, had nobody set it."""
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.running_us + NOON_US)


@pytest.mark.parametrize("by_us", [HOUR_US, -HOUR_US, 24 * HOUR_US, -24 * HOUR_US])
@pytest.mark.parametrize("kernel", [ADRIFT, None])
def test_a_step_is_not_followed_and_time_goes_on(
    by_us: int, kernel: tuple[int, int] | None
) -> None:
    """Neither is the way back, which is none: the time is the same before, during and after."""
    machine = Machine()
    machine.kernel = kernel
    machine.clock.now()
    machine.ahead_us += by_us
    machine.pass_by(60_000_000)
    during, stepped = machine.clock.now(), machine.clock.stepped()
    right_then = machine.right
    machine.ahead_us -= by_us
    machine.pass_by(60_000_000)

    assert during == right_then
    assert stepped == timedelta(microseconds=by_us)
    assert machine.clock.now() == machine.right
    assert machine.clock.stepped() == timedelta(0)


def test_what_a_time_server_sets_is_believed_at_once() -> None:
    """It may have been wrong until then."""
    machine = Machine()
    machine.ahead_us += HOUR_US
    held = machine.clock.now()
    machine.kernel = HELD

    assert held == machine.right
    assert machine.clock.now() == machine.right + timedelta(hours=1)
    assert machine.clock.stepped() == timedelta(0)


def test_small_steps_are_followed_each() -> None:
    """A few seconds a look are a clock that is being set right."""
    machine = Machine()
    for _ in range(10):
        machine.ahead_us += 4_900_000
        machine.pass_by(1_000_000)
        machine.clock.now()

    assert machine.clock.now() == machine.right + timedelta(seconds=49)


def test_it_begins_with_the_machines_clock() -> None:
    """Whoever means the new time starts the station again."""
    before = datetime.now(UTC)
    now = KeptClock().now()

    assert before - timedelta(seconds=1) < now < datetime.now(UTC) + timedelta(seconds=1)
