"""A decision is made at one instant: nothing in it finds the time later than what came before."""

from dataclasses import dataclass

from devices.controller.trusted_time import FixedWitness, TimeSource, TrustedClock
from tests.devices.controller.pole import NOON_MS


@dataclass
class RunningClock:
    """A machine's clock that goes on by a millisecond at each look."""

    at_us: int = NOON_MS * 1_000

    def now_us(self) -> int:
        """A millisecond later than before."""
        self.at_us += 1_000
        return self.at_us

    def monotonic_us(self) -> int:
        """The same time."""
        return self.at_us

    async def wait_until_us(self, at_us: int) -> None:
        """At once."""
        self.at_us = max(self.at_us, at_us)


def test_time_stands_still_inside_and_goes_on_behind_it() -> None:
    """Entered again inside, it is the same instant; who begins a sound is told the real one."""
    machine = RunningClock()
    clock = TrustedClock(machine, witness=FixedWitness())
    with clock.one_instant:
        first_us = clock.now_us()
        with clock.one_instant:
            assert clock.now_us() == first_us
        assert clock.now_us() == first_us
        assert clock.ahead_us() == 0
        looked_at_us = machine.at_us

    assert clock.now_us() > looked_at_us > first_us


def test_without_it_each_look_is_a_new_one() -> None:
    """Whoever waits in between asks anew."""
    clock = TrustedClock(RunningClock(), witness=FixedWitness())

    assert clock.now_us() < clock.now_us()


def test_an_answer_is_the_time_from_there_on() -> None:
    """Set right in the middle, the time is the new one, and believed for its reason."""
    machine = RunningClock(at_us=12_345_000)
    clock = TrustedClock(machine, witness=FixedWitness(TimeSource.NONE))
    with clock.one_instant:
        assert clock.now_us() < 20_000_000
        assert not clock.is_trusted
        clock.answered(NOON_MS, asked_us=machine.at_us)
        assert clock.now_us() // 1_000 >= NOON_MS
        assert clock.is_trusted
        assert clock.source is TimeSource.STATION


def test_signed_time_holds_from_there_on() -> None:
    """A message that proves a later time is judged by it, and a clock far below is not believed."""
    clock = TrustedClock(RunningClock(), witness=FixedWitness(TimeSource.RTC))
    with clock.one_instant:
        assert clock.now_us() // 1_000 == NOON_MS + 1
        assert clock.is_trusted
        clock.heard_signed(NOON_MS + 60_000)
        assert clock.now_us() // 1_000 >= NOON_MS + 60_000
        assert not clock.is_trusted
