"""How loud: the cap of the hour, what a per cent is, and samples made quieter.

Per cents are loudness as people hear it: half of them sound half as loud, for which the pressure
falls by 10 dB (Stevens' power law, ISO 532's rule of thumb). 100 is the recording as it is; nothing
is ever made louder than that.
"""

import math
from array import array
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from devices.protocol.configuration import Config, VolumeBand

LOUDEST_PERCENT = 100
_DECIBELS_OF_HALF = 10.0
# Whole numbers are the fastest that Python itself can do here (audioop left it in 3.13): a second
# of 48 kHz in 2.5 ms.
_FACTOR_BITS = 15

VolumeAt = Callable[[int], int]
"""The volume in per cent at a Unix instant in milliseconds."""


def always_loudest(_: int) -> int:
    """A volume that nobody turned down."""
    return LOUDEST_PERCENT


def volume_at(bands: Sequence[VolumeBand], *, at_ms: int, zone: str) -> int:
    """The most that is allowed at an instant: of the bands that hold then, the quietest.

    A band holds from its beginning until just before its end, by local time, on every day; equal
    times mean all day. Where no band holds, nothing is capped.
    """
    local = datetime.fromtimestamp(at_ms / 1_000, UTC).astimezone(ZoneInfo(zone)).time()
    return min((band.percent for band in bands if _holds(band, local)), default=LOUDEST_PERCENT)


class VolumeCap:
    """The volume that the configuration in force allows; the loudest until there is one.

    A sink is made before the controller knows its configuration, so it is given this.
    """

    def __init__(self) -> None:
        self._config: Callable[[], Config | None] = lambda: None
        self._ahead_us: Callable[[], int] = lambda: 0

    def follow(
        self, config: Callable[[], Config | None], *, ahead_us: Callable[[], int] = lambda: 0
    ) -> None:
        """Ask here from now on for the configuration, and how far the machine's clock is behind."""
        self._config = config
        self._ahead_us = ahead_us

    def __call__(self, at_ms: int) -> int:
        """The volume in per cent at a Unix instant in milliseconds."""
        config = self._config()
        if config is None:
            return LOUDEST_PERCENT
        return volume_at(config.volume, at_ms=at_ms, zone=config.quiet_hours.zone)

    def by_machine(self, at_ms: int) -> int:
        """The same for a sink, which knows only the machine's clock: that may read 1970."""
        return self(at_ms + self._ahead_us() // 1_000)


def _holds(band: VolumeBand, local: time) -> bool:
    begins, ends = time.fromisoformat(band.begins), time.fromisoformat(band.ends)
    if begins < ends:
        return begins <= local < ends
    return local >= begins or local < ends


def gain(percent: int) -> float:
    """What samples are multiplied by: 1 at 100 per cent, a third at 50, 0 at 0."""
    if percent <= 0:
        return 0.0
    halvings = math.log2(LOUDEST_PERCENT / min(percent, LOUDEST_PERCENT))
    return float(10.0 ** (-_DECIBELS_OF_HALF * halvings / 20.0))


def scaled(pcm: bytes, *, percent: int) -> bytes:
    """Samples of 16 bits at this volume."""
    if percent >= LOUDEST_PERCENT:
        return pcm
    if percent <= 0:
        return bytes(len(pcm))
    factor = round(gain(percent) * (1 << _FACTOR_BITS))
    half = 1 << _FACTOR_BITS - 1
    samples = array("h", pcm)
    return array("h", [sample * factor + half >> _FACTOR_BITS for sample in samples]).tobytes()
