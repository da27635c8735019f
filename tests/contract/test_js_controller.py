"""A controller written from the published documents alone passes the conformance suite.

Its sources stand in `tests/contract/js`. Whoever wrote them had the documents, public packages and
the suite's answers, and saw none of our own code; it passed all 103 points at its first whole run.
It plays no relay and no live speech, and says so. What takes longest is tried in `make soak`.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.conformance.bench import Bench, PointNotRun
from devices.conformance.kit import load_kit, prepare_kit
from devices.conformance.point import Point
from devices.conformance.points import all_points, live
from devices.conformance.suite import set_up
from devices.protocol.contract.published import FOLDER
from tests.brokers import mosquitto_is_installed, start_mosquitto
from tests.contract.controllers import in_javascript
from tests.contract.node import Workshop, workshop

SLOW = {
    "backs_off",
    "bridges_until_the_message",
    "comes_back_to_the_newest_plan",
    "counts_what_it_refused",
    "cuts_with_the_tone",
    "drops_after_a_cut",
    "fetches_when_it_comes_back",
    "follows_the_plan_on_its_disk",
    "joins_after_a_power_cut",
    "obeys_no_old_command",
    "obeys_no_revoked_key",
    "orders_those_that_wait",
    "plays_nothing_again",
    "plays_nothing_twice",
    "plays_nothing_withdrawn",
    "plays_once_by_both_ways",
    "plays_one_at_a_time",
    "plays_repeats",
    "says_each_once",
    "says_its_health",
    "says_nothing_twice",
    "sends_again",
    "skips_what_is_too_late",
    "tests_itself",
}
ON_MOSQUITTO = {
    "plays_at_the_instant",
    "plays_once_by_both_ways",
    "refuses_a_changed_message",
    "resyncs",
    "stops_what_plays",
    "survives_reconnections",
}
SPEECH_TO_NOBODY = {"follows_no_plan_with_live", "hears_no_other_cluster"}
DECLINED = [
    each
    for each in vars(live).values()
    if isinstance(each, Point) and each.name not in SPEECH_TO_NOBODY
]
QUICK = [each for each in all_points() if each.name not in SLOW and each not in DECLINED]

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """The JavaScript with its packages."""
    return workshop("js", tmp_path_factory.mktemp("js"))


@pytest.fixture(scope="module")
def bench(shop: Workshop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """The controller under test behind the embedded broker."""
    folder = tmp_path_factory.mktemp("kit")
    prepare_kit(folder, device="loa-js")
    controller = in_javascript(shop, folder / "device")
    controller.start()
    try:
        with set_up(load_kit(folder), folder) as bench:
            bench.restart = controller.restart
            yield bench
    finally:
        controller.stop()


def test_it_reads_every_vector(shop: Workshop) -> None:
    """Each gets the code that the vectors ask for."""
    told = json.loads(shop.run("vectors.mjs", str(FOLDER)))

    assert told["failed"] == []
    assert told["checked"] > 150


@pytest.mark.parametrize("point", QUICK, ids=lambda point: point.name)
def test_it_keeps_the_contract(point: Point, bench: Bench) -> None:
    """One point of the suite."""
    try:
        point.check(bench)
    finally:
        bench.settle()


@pytest.mark.parametrize("point", DECLINED, ids=lambda point: point.name)
def test_it_declines_live_speech(point: Point, bench: Bench) -> None:
    """It says in the contract's own word that it has none."""
    try:
        with pytest.raises(PointNotRun, match="not offered: the device says unsupported"):
            point.check(bench)
    finally:
        bench.settle()


@pytest.mark.mosquitto
def test_it_keeps_the_contract_behind_mosquitto(shop: Workshop, tmp_path: Path) -> None:
    """A broker that redelivers, keeps sessions and remembers retained messages changes nothing."""
    if not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto (make system-deps)")
    prepare_kit(tmp_path, device="loa-js")
    broker = start_mosquitto(tmp_path / "credentials.json", tmp_path)
    controller = in_javascript(shop, tmp_path / "device")
    controller.start()
    try:
        with set_up(load_kit(tmp_path), tmp_path, broker=broker.url) as bench:
            for each in all_points():
                if each.name in ON_MOSQUITTO:
                    each.check(bench)
                    bench.settle()
    finally:
        controller.stop()
        broker.stop()
