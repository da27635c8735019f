"""The self-test: a quiet tone through the sink, and whether the microphone beside it heard it.

Heard means: at the tone's own frequency there was for most of its length at least ten times the
power that there was before it. Whether anybody else could hear it, only a person can say.
"""

import asyncio
import math
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import structlog

from devices.controller.clock import Clock, now_ms
from devices.controller.sinks import Sink
from devices.controller.sound.microphone import Microphone
from devices.errors import AudioDeviceUnusable
from devices.protocol.commands import SelfTest
from devices.protocol.reports import SelfTestResult

log = structlog.get_logger()

TONE_HZ = 1_000
LEVEL = 0.06
"""24 dB below the loudest: heard in the yard, not in the next hamlet."""

QUIET_MS = 500
ECHO_MS = 400
"""How long is listened before the tone, and how long after it what is still on its way may come."""

LOUDER_DB = 10.0
_WINDOW_MS = 50
_EDGE_MS = 10
_ANY_RATE_HZ = 48_000
_FULL_SCALE = 32_768
_SILENT_DBFS = -120.0


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a recording says of the tone: how loud it was in it, and whether it stood out."""

    heard: bool
    level_dbfs: float


class SelfTester:
    """Tests one sink, one test at a time; `last` is what the last test found.

    `why_not` names what forbids a sound now (`busy`, `quiet_hours`), None when nothing does: a
    test never cuts what plays and never breaks the quiet.
    """

    def __init__(
        self,
        *,
        sink: Sink,
        microphone: Microphone,
        clock: Clock,
        why_not: Callable[[], str | None],
    ) -> None:
        self.last: SelfTestResult | None = None
        self._sink = sink
        self._microphone = microphone
        self._clock = clock
        self._why_not = why_not
        self._running: asyncio.Task[SelfTestResult] | None = None

    def begin(self, test: SelfTest) -> None:
        """Start a test unless one runs."""
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(self.run(test), name="self-test")

    async def run(self, test: SelfTest) -> SelfTestResult:
        """Test; return what was found."""
        why_not = self._why_not()
        if why_not is not None:
            found = self._result(played=False, detail=why_not)
        else:
            found = await self._test(test.duration_ms)
        log.info("self_test_done", played=found.played, heard=found.heard, detail=found.detail)
        self.last = found
        return found

    async def _test(self, duration_ms: int) -> SelfTestResult:
        listens = await self._microphone.start()
        try:
            played = await self._play(duration_ms)
        except AudioDeviceUnusable as error:
            return self._result(played=False, detail=f"{error.code}: {error.detail}"[:200])
        finally:
            recorded = await self._microphone.stop()
        if not played:
            return self._result(played=False, detail="interrupted")
        if not listens or not recorded:
            return self._result(played=True)
        hearing = hears(recorded, rate_hz=self._microphone.rate_hz, duration_ms=duration_ms)
        return self._result(
            played=True, heard=hearing.heard, level_dbfs=round(hearing.level_dbfs, 1)
        )

    async def _play(self, duration_ms: int) -> bool:
        """Let the tone out after a time of quiet; return whether all of it left."""
        rate_hz = self._sink.rate_hz or _ANY_RATE_HZ
        stream = self._sink.open(sample_rate_hz=rate_hz)
        pcm = quiet_tone(duration_ms, rate_hz=rate_hz)
        try:
            await stream.begin(at_us=self._clock.now_us() + QUIET_MS * 1_000)
            await stream.write(pcm)
            await stream.drain()
        finally:
            stream.stop()
        whole = stream.played().samples * 2 >= len(pcm)
        await asyncio.sleep(ECHO_MS / 1_000)
        return whole

    def _result(
        self,
        *,
        played: bool,
        heard: bool | None = None,
        level_dbfs: float | None = None,
        detail: str = "",
    ) -> SelfTestResult:
        return SelfTestResult(
            at_ms=now_ms(self._clock),
            played=played,
            heard=heard,
            level_dbfs=level_dbfs,
            detail=detail,
        )


def quiet_tone(duration_ms: int, *, rate_hz: int) -> bytes:
    """A sine with soft edges."""
    count = duration_ms * rate_hz // 1_000
    edge = _EDGE_MS * rate_hz / 1_000
    turn = 2 * math.pi * TONE_HZ / rate_hz
    return array(
        "h",
        [
            round(
                _FULL_SCALE * LEVEL * min(1.0, at / edge, (count - at) / edge) * math.sin(turn * at)
            )
            for at in range(count)
        ],
    ).tobytes()


def hears(pcm: bytes, *, rate_hz: int, duration_ms: int) -> Hearing:
    """Look for the tone in a recording that began at least QUIET_MS before it.

    When exactly it arrives depends on two converters and on the air, so it is looked for wherever
    it is strongest after the quiet.
    """
    levels = list(_levels(array("h", pcm), rate_hz=rate_hz))
    before = (QUIET_MS - 2 * _WINDOW_MS) // _WINDOW_MS
    quiet, rest = levels[:before], levels[before:]
    length = max(1, duration_ms // _WINDOW_MS - 2)
    if not quiet or len(rest) < length:
        return Hearing(heard=False, level_dbfs=_SILENT_DBFS)
    loudest = max(
        (sorted(rest[at : at + length])[length // 4] for at in range(len(rest) - length + 1)),
    )
    return Hearing(
        heard=loudest >= _median(quiet) + LOUDER_DB and loudest > max(quiet), level_dbfs=loudest
    )


def _levels(samples: "array[int]", *, rate_hz: int) -> Iterator[float]:
    """How loud the tone's frequency is in window after window, in dB below full scale."""
    size = rate_hz * _WINDOW_MS // 1_000
    for at in range(0, len(samples) - size + 1, size):
        yield _level_dbfs(samples[at : at + size], rate_hz=rate_hz)


def _level_dbfs(window: "array[int]", *, rate_hz: int) -> float:
    """Goertzel's algorithm: the amplitude of one frequency, against that of a full sine."""
    factor = 2 * math.cos(2 * math.pi * TONE_HZ / rate_hz)
    before = last = 0.0
    for sample in window:
        before, last = last, sample + factor * last - before
    power = max(0.0, before * before + last * last - factor * before * last)
    amplitude = 2 * math.sqrt(power) / len(window) / _FULL_SCALE
    return max(_SILENT_DBFS, 20 * math.log10(amplitude)) if amplitude > 0 else _SILENT_DBFS


def _median(levels: Sequence[float]) -> float:
    return sorted(levels)[len(levels) // 2]
