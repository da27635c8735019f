"""A muted amplifier: the sink says played, the current says nothing, a self-test says so."""

import asyncio

import pytest

from devices.controller.clock import LoopClock
from devices.controller.sinks import NullSink
from devices.controller.sound.self_test import SelfTester
from devices.protocol.commands import SelfTest
from devices.simulation.faults.conditions import Conditions
from devices.simulation.faults.kinds import FaultKind
from devices.simulation.faults.sink import (
    IDLE_MA,
    PLAYING_MA,
    AmplifiedSink,
    Amplifier,
    SimulatedMicrophone,
)
from devices.simulation.simulated_time import run_simulated
from tests.devices.simulation.faults.weather import under

SECOND = bytes(2 * 8_000)


async def currents(conditions: Conditions, *, stops: bool = False) -> tuple[list[int], int]:
    """The current before, during and after a second of sound, and the samples that left."""
    clock = LoopClock(epoch_us=0, loop=asyncio.get_running_loop())
    amplifier = Amplifier(conditions, clock=clock)
    sink = AmplifiedSink(NullSink(clock=clock), amplifier=amplifier)
    stream = sink.open(sample_rate_hz=8_000)
    read = [amplifier.current_ma]
    await stream.begin(at_us=1_000_000)
    await stream.write(SECOND)
    read.append(amplifier.current_ma)
    if stops:
        stream.stop()
    await stream.drain()
    read.append(amplifier.current_ma)
    assert (sink.name, sink.simulated, sink.rate_hz) == ("null", True, None)
    return read, stream.played().samples


@pytest.mark.parametrize("stops", [False, True])
def test_an_amplifier_draws_current_while_it_sounds(*, stops: bool) -> None:
    """And rests before and after, however the sound ended."""
    read, samples = run_simulated(currents(Conditions(), stops=stops))

    assert read == [IDLE_MA, PLAYING_MA, IDLE_MA]
    assert samples == (0 if stops else 8_000)


def test_a_muted_one_draws_nothing_though_all_samples_left() -> None:
    """That is what only a measurement can tell."""
    assert run_simulated(currents(under(FaultKind.MUTED_AMPLIFIER))) == ([0, 0, 0], 8_000)


@pytest.mark.parametrize(
    ("conditions", "heard"), [(Conditions(), True), (under(FaultKind.MUTED_AMPLIFIER), False)]
)
def test_a_self_test_tells_whether_it_was_heard(conditions: Conditions, *, heard: bool) -> None:
    """Played both times; the microphone makes the difference."""

    async def story() -> None:
        clock = LoopClock(epoch_us=0, loop=asyncio.get_running_loop())
        amplifier = Amplifier(conditions, clock=clock)
        tester = SelfTester(
            sink=AmplifiedSink(NullSink(clock=clock), amplifier=amplifier),
            microphone=SimulatedMicrophone(amplifier, clock=clock),
            clock=clock,
            why_not=lambda: None,
        )
        found = await tester.run(SelfTest(duration_ms=1_000))
        assert (found.played, found.heard) == (True, heard)

    run_simulated(story())
