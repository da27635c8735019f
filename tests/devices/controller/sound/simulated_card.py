"""A sound card in simulated time, with its own clock and faults, that keeps what it let out."""

import asyncio
from array import array
from dataclasses import dataclass, field

from devices.controller.clock import LoopClock
from devices.controller.sound.card import Take
from devices.controller.sound.mixer import CHANNELS
from devices.errors import AudioDeviceUnusable

RATE_HZ = 48_000
PERIOD = 960
PERIODS = 8


@dataclass
class SimulatedCard:
    """Asks for a period whenever its buffer has room for one; never waits for who answers late.

    `drift_ppm` is how much its clock is fast. `starts_late_us` holds, for one start after another,
    how long it takes from being told to the first question.
    """

    clock: LoopClock
    drift_ppm: int = 0
    starts_late_us: list[int] = field(default_factory=list)
    is_missing: bool = False
    dies_after_us: int | None = None
    rate_hz: int = RATE_HZ
    is_real: bool = True
    starts: int = 0
    closes: int = 0
    held_up_us: int = 0
    _begun_us: int = 0
    _frames: array = field(default_factory=lambda: array("h"))  # type: ignore[type-arg]
    _running: asyncio.Task[None] | None = None

    async def start(self, take: Take) -> int:
        """Begin to ask, from nothing."""
        if self.is_missing:
            raise AudioDeviceUnusable("failed to init device: -2")
        self.starts += 1
        begins_us = self.clock.monotonic_us()
        self._running = asyncio.create_task(self._run(take))
        return begins_us

    async def stop(self) -> None:
        """Ask no more."""
        if self._running is not None:
            self._running.cancel()
            self._running = None

    async def close(self) -> None:
        """Ask no more."""
        self.closes += 1
        await self.stop()

    @property
    def is_running(self) -> bool:
        """Whether it asks."""
        return self._running is not None

    def hold_up(self, *, for_us: int) -> None:
        """Have the machine busy, so that the next question comes so much late."""
        self.held_up_us = for_us

    def heard(self, channel: int = 0) -> list[tuple[int, int]]:
        """What was no silence: Unix instants (µs) and samples, frame by frame."""
        samples = self._frames[channel::CHANNELS]
        wall_us = self.clock.now_us() - self.clock.monotonic_us()
        return [
            (self._leaves_us(frame) + wall_us, sample)
            for frame, sample in enumerate(samples)
            if sample
        ]

    async def _run(self, take: Take) -> None:
        await self._sleep(self.starts_late_us.pop(0) if self.starts_late_us else 0)
        self._begun_us = self.clock.monotonic_us()
        self._frames = array("h")
        frame = 0
        while True:
            await self._sleep(self._leaves_us(frame - (PERIODS - 1) * PERIOD) - self._now_us())
            if self.dies_after_us is not None and self._now_us() > self.dies_after_us:
                return
            late_us, self.held_up_us = self.held_up_us, 0
            await self._sleep(late_us)
            asked_us = self._now_us()
            answer = array("h", bytes(take(PERIOD)))
            for at in range(PERIOD):
                # What comes after its instant is not heard.
                if self._leaves_us(frame + at) < asked_us:
                    answer[at * CHANNELS : (at + 1) * CHANNELS] = array("h", [0] * CHANNELS)
            self._frames += answer
            frame += PERIOD

    def _leaves_us(self, frame: int) -> int:
        real_hz = self.rate_hz * (1 + self.drift_ppm / 1e6)
        return self._begun_us + int(frame * 1e6 / real_hz)

    def _now_us(self) -> int:
        return self.clock.monotonic_us()

    async def _sleep(self, us: int) -> None:
        await asyncio.sleep(max(0, us) / 1e6)
