"""The machine's clock as its conditions make it: drifting, or stepped; and what it says of itself.

Only wall time is wrong. Monotonic time stays true: it is what a rehearsal itself runs by.
"""

from devices.controller.clock import Clock
from devices.controller.trusted_time import TimeSource, Witness
from devices.simulation.faults.conditions import Conditions
from devices.simulation.faults.kinds import FaultKind

_LONGEST_NAP_US = 1_000_000
_WRONG = frozenset({FaultKind.CLOCK_DRIFT, FaultKind.CLOCK_JUMP})


class TroubledClock:
    """A clock that goes wrong; what it drifted by stays when it no longer drifts."""

    def __init__(self, clock: Clock, *, conditions: Conditions) -> None:
        self._clock = clock
        self._conditions = conditions
        self._drifted_us = 0
        self._jumped_us = 0
        self._ppm = 0.0
        self._since_us = clock.monotonic_us()
        conditions.listen(self._settle)

    def now_us(self) -> int:
        """The wrong time."""
        return self._clock.now_us() + self._jumped_us + self._drift_us()

    def monotonic_us(self) -> int:
        """Time that never steps."""
        return self._clock.monotonic_us()

    async def wait_until_us(self, at_us: int) -> None:
        """Wait for an instant by the wrong time, in naps, for it may step."""
        while (left_us := at_us - self.now_us()) > 0:
            await self._clock.wait_until_us(self._clock.now_us() + min(left_us, _LONGEST_NAP_US))

    def _drift_us(self) -> int:
        if not self._ppm:
            return self._drifted_us
        passed_us = self._clock.monotonic_us() - self._since_us
        return self._drifted_us + round(passed_us * self._ppm / 1e6)

    def _settle(self) -> None:
        by_s = self._conditions.settings(FaultKind.CLOCK_JUMP).get("by_s", 0.0)
        self._jumped_us = round(by_s * 1e6)
        ppm = self._conditions.settings(FaultKind.CLOCK_DRIFT).get("ppm", 0.0)
        if ppm != self._ppm:
            self._drifted_us = self._drift_us()
            self._since_us = self._clock.monotonic_us()
            self._ppm = ppm


class TroubledWitness:
    """While its clock is wrong, no time server holds it: at best a hardware clock ran on."""

    def __init__(self, witness: Witness, *, conditions: Conditions) -> None:
        self._witness = witness
        self._conditions = conditions

    def source(self) -> TimeSource:
        """What the machine says, without a time server that would set it right."""
        said = self._witness.source()
        if said is TimeSource.NTP and not self._conditions.active.isdisjoint(_WRONG):
            return TimeSource.RTC
        return said
