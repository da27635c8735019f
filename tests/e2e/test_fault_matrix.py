"""A seeded sample of the fault matrix; `make soak` runs all of it."""

from pathlib import Path
from random import Random

import pytest

from tests.brokers import mosquitto_is_installed
from tests.chain_brokers import Broker
from tests.fault_matrix import Combination, Step, matrix, scene_for, suffered

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

SEED = 20261122


def sample() -> list[Combination]:
    """One combination on each broker, of those in which more happens than a cut."""
    rng = Random(SEED)
    return [
        rng.choice([c for c in matrix() if c.broker is broker and "+" in c.faults])
        for broker in Broker
    ]


def test_the_matrix_is_all_of_it() -> None:
    """Each step on each broker with each set of faults, once; both cuts with every one of them."""
    cases = matrix()

    assert len(cases) == len({(c.broker, c.step, c.faults) for c in cases}) == 2 * 6 * 8
    assert len({(c.step, c.faults, c.cut) for c in cases}) == 6 * 8 * 2
    assert [case.number for case in cases] == list(range(1, 97))
    assert {c.step for c in cases} == set(Step)


@pytest.mark.parametrize("case", sample(), ids=str)
def test_nothing_is_lost_or_played_twice(case: Combination, tmp_path: Path) -> None:
    """Once the network is back: told once, chained whole, played once; by poles and ledger."""
    if case.broker is Broker.MOSQUITTO and not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto (make system-deps)")
    with scene_for(case, tmp_path) as scene:
        suffered(scene, case)
