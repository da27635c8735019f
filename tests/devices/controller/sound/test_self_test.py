"""A self-test says whether a quiet tone left the sink, and whether a microphone heard it."""

import asyncio
import math
from array import array
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest

from devices.controller.clock import LoopClock, SystemClock
from devices.controller.sinks import NullSink, Sink
from devices.controller.sound.card import MiniaudioCard
from devices.controller.sound.card_sink import CardSink
from devices.controller.sound.microphone import RATE_HZ, MiniaudioMicrophone, NoMicrophone
from devices.controller.sound.self_test import LEVEL, QUIET_MS, SelfTester, hears, quiet_tone
from devices.protocol.commands import SelfTest
from devices.protocol.reports import SelfTestResult
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.sound.alsa_card import alsa_card, alsa_is_installed
from tests.devices.controller.sound.simulated_card import SimulatedCard

NOON_US = 1_795_582_800_000_000
DURATION_MS = 1_000


def recording(
    *, tone: float = 0.0, noise: float = 0.0, hum: float = 0.0, late_ms: int = 120, seed: int = 1
) -> bytes:
    """Quiet, then a tone some time after it, over noise and a hum; levels as parts of the whole."""
    rng = Random(seed)
    begins = (QUIET_MS + late_ms) * RATE_HZ // 1_000
    ends = begins + DURATION_MS * RATE_HZ // 1_000
    return array(
        "h",
        [
            round(
                32_767
                * (
                    (tone if begins <= at < ends else 0) * math.sin(2 * math.pi * at / 16)
                    + noise * rng.uniform(-1, 1)
                    + hum * math.sin(2 * math.pi * at * 50 / RATE_HZ)
                )
            )
            for at in range(RATE_HZ * (QUIET_MS + DURATION_MS + 400) // 1_000)
        ],
    ).tobytes()


@pytest.mark.parametrize("late_ms", [0, 40, 120, 390])
@pytest.mark.parametrize(
    ("tone", "noise", "hum"), [(0.1, 0.0, 0.0), (0.02, 0.02, 0.0), (0.01, 0.0, 0.5), (0.05, 0.1, 0)]
)
def test_a_tone_is_heard_whenever_it_comes(
    tone: float, noise: float, hum: float, late_ms: int
) -> None:
    """Also under a murmur as loud as it is, and under a hum fifty times louder."""
    pcm = recording(tone=tone, noise=noise, hum=hum, late_ms=late_ms)
    heard = hears(pcm, rate_hz=RATE_HZ, duration_ms=DURATION_MS)

    assert heard.heard
    assert heard.level_dbfs == pytest.approx(20 * math.log10(tone), abs=2.5)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("noise", "hum"), [(0.0, 0.0), (0.3, 0.0), (0.0, 0.5)])
def test_nothing_is_heard_in_noise_alone(noise: float, hum: float, seed: int) -> None:
    """A muted amplifier beside a noisy road is not heard."""
    pcm = recording(noise=noise, hum=hum, seed=seed)

    assert not hears(pcm, rate_hz=RATE_HZ, duration_ms=DURATION_MS).heard


def test_a_short_cry_is_not_the_tone() -> None:
    """A tenth of a second at the same pitch."""
    pcm = bytearray(recording(noise=0.001))
    cry = array("h", [round(20_000 * math.sin(2 * math.pi * at / 16)) for at in range(1_600)])
    pcm[20_000:23_200] = cry.tobytes()

    assert not hears(bytes(pcm), rate_hz=RATE_HZ, duration_ms=DURATION_MS).heard


@pytest.mark.parametrize("pcm", [b"", bytes(1_000), bytes(20_000)])
def test_a_recording_that_is_too_short_says_nothing(pcm: bytes) -> None:
    """A microphone that was pulled out."""
    assert not hears(pcm, rate_hz=RATE_HZ, duration_ms=DURATION_MS).heard


def test_the_tone_is_quiet_and_soft_at_its_edges() -> None:
    """A sixteenth of what the card can do."""
    samples = array("h", quiet_tone(200, rate_hz=48_000))

    assert len(samples) == 9_600
    assert max(samples) == pytest.approx(32_768 * LEVEL, rel=0.01)
    assert max(map(abs, samples[:48])) < 400


@dataclass
class HeldMicrophone:
    """Gives what it holds; counts how often it was opened and closed."""

    pcm: bytes
    rate_hz: int = RATE_HZ
    steps: list[str] = field(default_factory=list)

    async def start(self) -> bool:
        """Open."""
        self.steps.append("start")
        return True

    async def stop(self) -> bytes:
        """Close."""
        self.steps.append("stop")
        return self.pcm


def found_by(
    make_sink: Callable[[LoopClock], Sink],
    story: Callable[[SelfTester], Awaitable[None]] | None = None,
    *,
    microphone: HeldMicrophone | NoMicrophone | None = None,
    why_not: str | None = None,
) -> SelfTestResult:
    """What a test of this sink finds, in simulated time."""

    async def main() -> SelfTestResult:
        clock = LoopClock(epoch_us=NOON_US, loop=asyncio.get_running_loop())
        tester = SelfTester(
            sink=make_sink(clock),
            microphone=microphone or NoMicrophone(),
            clock=clock,
            why_not=lambda: why_not,
        )
        if story is not None:
            await story(tester)
        else:
            await tester.run(SelfTest(duration_ms=DURATION_MS))
        assert tester.last is not None
        return tester.last

    return run_simulated(main())


def card_sink(clock: LoopClock, **faults: object) -> CardSink:
    """A sink on a card."""
    return CardSink(card=SimulatedCard(clock, **faults), clock=clock)  # type: ignore[arg-type]


def test_without_a_microphone_only_the_playing_is_known() -> None:
    """Nobody claims that it was heard."""
    found = found_by(card_sink)

    assert (found.played, found.heard, found.level_dbfs, found.detail) == (True, None, None, "")


def test_a_microphone_that_hears_it_says_how_loud() -> None:
    """And is closed again."""
    microphone = HeldMicrophone(recording(tone=0.1))
    found = found_by(card_sink, microphone=microphone)

    assert (found.played, found.heard) == (True, True)
    assert found.level_dbfs == pytest.approx(-20, abs=1)
    assert microphone.steps == ["start", "stop"]


def test_a_microphone_that_hears_nothing_says_so() -> None:
    """Amplifier off, horn stolen."""
    found = found_by(card_sink, microphone=HeldMicrophone(recording(noise=0.01)))

    assert (found.played, found.heard) == (True, False)


def test_a_sink_of_any_rate_is_tested() -> None:
    """As in a rehearsal."""
    assert found_by(lambda clock: NullSink(clock=clock)).played


@pytest.mark.parametrize("why_not", ["busy", "quiet_hours"])
def test_what_forbids_a_sound_forbids_the_test(why_not: str) -> None:
    """And is the answer."""
    microphone = HeldMicrophone(b"")
    found = found_by(card_sink, microphone=microphone, why_not=why_not)

    assert (found.played, found.heard, found.detail) == (False, None, why_not)
    assert microphone.steps == []


def test_a_missing_card_is_the_answer() -> None:
    """By its name; the microphone is closed all the same."""
    microphone = HeldMicrophone(b"")
    found = found_by(lambda clock: card_sink(clock, is_missing=True), microphone=microphone)

    assert (found.played, found.heard) == (False, None)
    assert found.detail.startswith("audio_device: ")
    assert microphone.steps == ["start", "stop"]


def test_an_order_that_begins_ends_the_test() -> None:
    """The tone gives way; what became of it is said."""

    async def story(tester: SelfTester) -> None:
        tester.begin(SelfTest(duration_ms=3_000))
        tester.begin(SelfTest(duration_ms=3_000))
        await asyncio.sleep(1.5)
        order = tester._sink.open(sample_rate_hz=48_000)
        await order.begin(at_us=NOON_US + 2_000_000)
        await order.write(bytes(96_000))
        await order.drain()
        await asyncio.sleep(3)
        assert order.played().samples == 48_000

    found = found_by(card_sink, story)

    assert (found.played, found.detail) == (False, "interrupted")


@pytest.mark.alsa
@pytest.mark.processes
@pytest.mark.skipif(
    not alsa_is_installed(), reason="not run: install libasound2 (make system-deps)"
)
@pytest.mark.parametrize("is_connected", [True, False])
def test_a_tone_goes_from_the_card_to_the_microphone(tmp_path: Path, is_connected: bool) -> None:
    """Through libasound out and in: heard where the one hears the other, and not otherwise."""
    clock = SystemClock()

    async def story() -> SelfTestResult:
        sink = CardSink(card=MiniaudioCard(clock=clock), clock=clock)
        tester = SelfTester(
            sink=sink, microphone=MiniaudioMicrophone(), clock=clock, why_not=lambda: None
        )
        try:
            return await tester.run(SelfTest(duration_ms=DURATION_MS))
        finally:
            await sink.close()

    with alsa_card(tmp_path, microphone_gain=0.25 if is_connected else 0.0):
        found = asyncio.run(story())

    assert (found.played, found.heard) == (True, is_connected)
    assert found.level_dbfs is not None
    assert not is_connected or found.level_dbfs == pytest.approx(-24.4 - 12, abs=3)


@pytest.mark.alsa
@pytest.mark.skipif(
    not alsa_is_installed(), reason="not run: install libasound2 (make system-deps)"
)
def test_a_box_without_a_microphone_has_none(tmp_path: Path) -> None:
    """ALSA knows no capture device."""

    async def story() -> bool:
        return await MiniaudioMicrophone().start()

    with alsa_card(tmp_path):
        assert asyncio.run(story()) is False
