"""The machine's clock as its conditions make it: drifting, or stepped; and what it says of itself.

Only wall time is wrong. Monotonic time stays true: it is what a rehearsal itself runs by.
"""

from devices.controller.clock import Clock
from devices.controller.trusted_time import TimeSource, Witness
from devices.simulation.faults.conditions import Conditions
from devices.simulation.faults.kinds import FaultKind

_LONGEST_NAP_US = 1_000_000


class TroubledClock:
    """A clock that goes wrong; what it drifted by stays when it no longer drifts."""

    def __init__(self, clock: Clock, *, conditions: Conditions) -> None:
        self._clock = clock
        self._conditions = conditions
        self._drifted_us = 0
        self._ppm = 0.0
        self._since_us = clock.monotonic_us()
        conditions.listen(self._settle)

    def now_us(self) -> int:
        """The wrong time."""
        return self._clock.now_us() + self._jumped_us() + self._drift_us()

    def monotonic_us(self) -> int:
        """Time that never steps."""
        return self._clock.monotonic_us()

    async def wait_until_us(self, at_us: int) -> None:
        """Wait for an instant by the wrong time, in naps, for it may step."""
        while (left_us := at_us - self.now_us()) > 0:
            await self._clock.wait_until_us(self._clock.now_us() + min(left_us, _LONGEST_NAP_US))

    def _jumped_us(self) -> int:
        return round(self._conditions.settings(FaultKind.CLOCK_JUMP).get("by_s", 0.0) * 1e6)

    def _drift_us(self) -> int:
        return self._drifted_us + round(self._passed_us() * self._ppm / 1e6)

    def _passed_us(self) -> int:
        return self._clock.monotonic_us() - self._since_us

    def _settle(self) -> None:
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
        wrong = self._conditions.active & {FaultKind.CLOCK_DRIFT, FaultKind.CLOCK_JUMP}
        return TimeSource.RTC if wrong and said is TimeSource.NTP else said
