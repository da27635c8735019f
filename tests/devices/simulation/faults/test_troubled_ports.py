"""Audio, clock and disk under bad conditions."""

import asyncio
from pathlib import Path

import pytest

from devices.controller.audio_source import HeldAudioSource
from devices.controller.clock import LoopClock
from devices.controller.journal import Journal
from devices.controller.journal_file import open_journal
from devices.controller.statements import Statement
from devices.controller.trusted_time import FixedWitness, TimeSource
from devices.errors import AudioFetchFailed, JournalUnusable
from devices.protocol.messages import Kind
from devices.simulation.faults.audio import TroubledSource
from devices.simulation.faults.clock import TroubledClock, TroubledWitness
from devices.simulation.faults.conditions import Conditions
from devices.simulation.faults.journal import filling
from devices.simulation.faults.kinds import FaultKind
from devices.simulation.simulated_time import run_simulated
from tests.devices.simulation.faults.weather import episode, under

FILE = b"0123456789"


async def fetched(conditions: Conditions, *, offset: int = 0) -> bytes:
    """What comes through of a file of ten bytes."""
    source = TroubledSource(HeldAudioSource({"a": FILE}), conditions=conditions)
    return b"".join([block.data async for block in source.fetch("a", offset=offset)])


def test_in_good_weather_audio_is_what_it_is() -> None:
    """From an offset on, too."""
    assert run_simulated(fetched(Conditions(), offset=4)) == FILE[4:]


def test_a_cut_line_brings_no_audio() -> None:
    """Not before it begins, and not after it was cut in the middle."""
    with pytest.raises(AudioFetchFailed):
        run_simulated(fetched(under(FaultKind.OFFLINE)))

    async def cut_in_the_middle() -> bytes:
        conditions = under(FaultKind.SLOW_LINK, bytes_per_s=1)
        asyncio.get_running_loop().call_later(
            5, lambda: conditions.begin(episode(FaultKind.OFFLINE))
        )
        return await fetched(conditions)

    with pytest.raises(AudioFetchFailed):
        run_simulated(cut_in_the_middle())


def test_audio_trickles_over_a_slow_line() -> None:
    """Ten bytes at two a second."""

    async def story() -> float:
        await fetched(under(FaultKind.SLOW_LINK, bytes_per_s=2))
        return asyncio.get_running_loop().time()

    assert run_simulated(story()) == 5


def test_a_spoilt_download_has_a_wrong_byte() -> None:
    """As long as it should be, and another one."""
    spoilt = run_simulated(fetched(under(FaultKind.CORRUPT_DOWNLOAD)))

    assert len(spoilt) == len(FILE)
    assert spoilt[1:] == FILE[1:]
    assert spoilt != FILE


def test_a_clock_drifts_and_stays_where_it_drifted() -> None:
    """A thousandth too fast for 100 s; monotonic time stays true."""

    async def story() -> None:
        clock = LoopClock(epoch_us=0, loop=asyncio.get_running_loop())
        conditions = Conditions()
        troubled = TroubledClock(clock, conditions=conditions)
        await asyncio.sleep(100)
        conditions.begin(episode(FaultKind.CLOCK_DRIFT, ppm=1_000))
        await asyncio.sleep(100)
        assert troubled.now_us() == 200_100_000
        conditions.end(FaultKind.CLOCK_DRIFT)
        await asyncio.sleep(100)
        assert troubled.now_us() == 300_100_000
        assert troubled.monotonic_us() == 300_000_000

    run_simulated(story())


def test_a_clock_jumps_and_jumps_back() -> None:
    """An hour ahead; whoever waits by it is woken when it says so."""

    async def story() -> None:
        clock = LoopClock(epoch_us=0, loop=asyncio.get_running_loop())
        conditions = Conditions()
        troubled = TroubledClock(clock, conditions=conditions)
        waiting = asyncio.create_task(troubled.wait_until_us(3_605_000_000))
        await asyncio.sleep(10)
        conditions.begin(episode(FaultKind.CLOCK_JUMP, by_s=3_600))
        await waiting
        assert 10 <= clock.monotonic_us() / 1e6 <= 11
        conditions.end(FaultKind.CLOCK_JUMP)
        assert troubled.now_us() == clock.now_us()

    run_simulated(story())


def test_no_time_server_holds_a_clock_that_is_wrong() -> None:
    """A simulated clock, and one that nobody vouches for, say what they said before."""
    wrong = under(FaultKind.CLOCK_JUMP, by_s=1)
    said = {
        told: TroubledWitness(FixedWitness(told), conditions=wrong).source() for told in TimeSource
    }

    assert said.pop(TimeSource.NTP) is TimeSource.RTC
    assert all(told is heard for told, heard in said.items())
    assert TroubledWitness(FixedWitness(TimeSource.NTP), conditions=Conditions()).source() is (
        TimeSource.NTP
    )


def test_a_full_disk_refuses_and_what_was_said_stays(tmp_path: Path) -> None:
    """Reading goes on; when there is room again the next number follows without a gap."""
    is_full = False

    def opened() -> Journal:
        return open_journal(
            tmp_path, station="dai", device="loa-01", connect=filling(lambda: is_full)
        )

    journal = opened()
    journal.say(Statement(kind=Kind.RECEIVED, at_ms=1, order="a"))
    is_full = True
    with pytest.raises(JournalUnusable, match="full"):
        journal.say(Statement(kind=Kind.CACHED, at_ms=2, order="a"))
    assert len(journal.entries(first=1, last=9)) == 1
    journal.close()
    journal = opened()
    is_full = False
    (next_one,) = journal.say(Statement(kind=Kind.CACHED, at_ms=3, order="a"))

    assert next_one.seq == 2
    journal.close()
