"""The harness of `make bench`, with work so small that only its rightness shows."""

import re
import sys
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from tests.benchmarks.comparison import Comparison, best_seconds, by_turns, table_of
from tests.benchmarks.ingesting import ingesting
from tests.benchmarks.peers import PeerMissing, beside_sea_g2p, beside_vinorm
from tests.benchmarks.reading import reading
from tests.benchmarks.rendering import (
    rendering,
    rendering_beside_espeak,
    rendering_beside_piper,
    rendering_beside_piper_on_all_cores,
)
from tests.benchmarks.sounding import sounding
from tests.benchmarks.standing import idling, resident
from tests.benchmarks.starting import starting
from tests.devices.controller.sound.alsa_card import alsa_is_installed

SCRIPT = "Mời bà con họp thôn lúc 7 giờ."


def test_the_best_round_counts() -> None:
    """Every round runs once."""
    ran: list[int] = []
    seconds = best_seconds(lambda: ran.append(1), rounds=4)

    assert len(ran) == 4
    assert seconds >= 0


def test_two_works_are_measured_by_turns() -> None:
    """A B A B; processor time is what is told to have been used meanwhile."""
    ran: list[str] = []
    used = iter(range(0, 100, 5))
    turns = by_turns(
        baseline=lambda: ran.append("A"),
        ours=lambda: ran.append("B"),
        cpu_s=lambda: float(next(used)),
        rounds=2,
    )

    assert ran == ["A", "B", "A", "B"]
    assert turns.cpu_ratios == [1.0, 1.0]
    assert len(turns.wall_ratios) == 2


def test_measured_by_turns_the_median_of_the_rounds_counts() -> None:
    """One round that something else disturbed does not."""
    found = Comparison(
        name="a", work="w", ours=9.0, baseline=1.0, unit="ms", against="b", ratios=(1.1, 1.2, 9.0)
    )

    assert found.ratio == 1.2


def test_the_table_tells_ratios() -> None:
    """Each line: the work, both costs in their unit, how many times the baseline."""
    table = table_of(
        [Comparison(name="a", work="w", ours=6.0, baseline=1.5, unit="ms", against="nothing")]
    )

    assert table.splitlines()[-1] == "| a | w | 6 ms | 1.5 ms | 4 | nothing |"


@pytest.mark.processes
def test_each_measure_measures_the_same_work_twice() -> None:
    """Reading, rendering and ingest: both costs are there, of the work that was asked for."""
    found = [
        reading(repeats=1, rounds=1),
        rendering(script=SCRIPT, rounds=1),
        ingesting(poles=2, orders=2, rounds=1),
    ]

    assert [each.name for each in found] == ["reading", "rendering with eSpeak NG", "ingest"]
    assert all(each.ours > 0 and each.baseline > 0 for each in found)
    assert found[1].work.startswith("1 sentences")
    assert found[2].work.startswith("20 confirmations of 2 poles")


@pytest.mark.processes
def test_the_whole_path_is_measured_beside_the_bare_engine() -> None:
    """The path does all that the engine does, and more."""
    found = rendering_beside_espeak(script=SCRIPT, rounds=1)

    assert found.ours > found.baseline > 0
    assert "times real time" in found.work


@pytest.mark.processes
@pytest.mark.parametrize("measured", [rendering_beside_piper, rendering_beside_piper_on_all_cores])
def test_the_whole_path_is_measured_beside_the_bare_library(
    measured: Callable[..., Comparison],
) -> None:
    """By the clock and in processor time, which the voice's own process is part of."""
    found = measured(script=SCRIPT, rounds=1)

    assert found.ours > 0
    assert found.baseline > 0
    assert len(found.ratios) == 1
    cpu = re.search(r"processor time ([0-9.]+) times", found.work)
    assert cpu
    assert float(cpu[1]) > 0.5


def test_a_peer_reads_the_same_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many both read as the table says, and what a sentence costs each."""
    echo = SimpleNamespace(Normalizer=lambda **_: SimpleNamespace(normalize=str.lower))
    monkeypatch.setitem(sys.modules, "sea_g2p", echo)

    found = beside_sea_g2p(sentences=10, rounds=1)

    assert found.work.startswith("10 sentences; as the table says: ours 10, sea-g2p ")
    assert found.ours > 0
    assert found.baseline > 0


def test_a_peer_that_is_not_installed_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other measures go on."""
    monkeypatch.setitem(sys.modules, "vinorm", None)

    with pytest.raises(PeerMissing, match="pip install sea-g2p vinorm"):
        beside_vinorm()


@pytest.mark.processes
def test_controllers_and_timers_start_at_one_instant() -> None:
    """Two of each: all have begun, and said when."""
    found = starting(controllers=2)

    assert found.ours > 0
    assert found.baseline > 0


@pytest.mark.alsa
@pytest.mark.processes
@pytest.mark.skipif(
    not alsa_is_installed(), reason="not run: install libasound2 (make system-deps)"
)
def test_a_sound_card_and_a_timer_start_at_one_instant() -> None:
    """One of each, beside nothing."""
    found = sounding(cards=1, busy=0)

    assert found.ours > 0
    assert found.baseline > 0


@pytest.mark.processes
def test_a_controller_that_stands_still_is_measured_beside_a_bare_loop() -> None:
    """What stays in memory, and what a second of waiting costs."""
    memory, waiting = resident(), idling(seconds=1)

    assert memory.ours > memory.baseline > 0
    assert 0 <= waiting.ours < 1_000
    assert 0 <= waiting.baseline < 1_000
