"""What the model of capacity is fed with, with work so small that only its rightness shows."""

import pytest

from tests.benchmarks.keeping_up import keeping_up
from tests.benchmarks.sharing import sharing
from tests.brokers import mosquitto_is_installed


def test_what_a_device_costs_at_rest_is_told_by_what_it_is_for() -> None:
    """It fails where health is refused, or where nothing changed and something is signed."""
    found = keeping_up(devices=3)

    assert len(found) == 4
    assert min(found.values()) > 0


@pytest.mark.processes
@pytest.mark.mosquitto
@pytest.mark.skipif(not mosquitto_is_installed(), reason="not run: install mosquitto")
def test_one_ingest_process_and_two_store_all_of_the_same_storm() -> None:
    """By turns, each told with what broker and sender took."""
    halves, found = sharing(seconds=0.001, rounds=1, poles=4)

    assert [each.processes for each in found] == [1, 2]
    assert min(each.rate for each in found) > 0
    assert min(halves.opening, halves.writing) > 0
