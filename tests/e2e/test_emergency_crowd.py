"""Two hundred simulated controllers: from a request to the site to the last of their tones."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from broadcaster.areas.queries import the_station
from broadcaster.areas.tables import Cluster
from broadcaster.demo.commune import LEADER, OPERATOR
from broadcaster.emergency.authorising import authorise
from broadcaster.emergency.standing import DeviceStanding
from broadcaster.emergency.standing_queries import standing_of
from broadcaster.emergency.tables import Emergency
from broadcaster.processes.station import environment
from tests.chain import Chain, founded_chain
from tests.e2e.commands import started
from tests.e2e.test_crowd_joins import total
from tests.e2e.test_emergency_on_air import (
    PROMISED_S,
    WORDS,
    click,
    person,
    ready,
    slowed,
)

pytestmark = [pytest.mark.processes, pytest.mark.timeout(300)]

CROWD = 200


def crowd_of(chain: Chain, emergency_id: str) -> list[DeviceStanding]:
    """How the crowd's devices stand, by the ledger; the commune's own are left switched off."""
    with chain.database.reading() as session:
        emergency = session.get_one(Emergency, emergency_id)
        clusters = list(session.exec(select(Cluster.id)))
        found = standing_of(session, emergency, clusters, today=datetime.now(UTC).date())
    return [each for each in found.devices if each.device_id.startswith("dien-tap-")]


def test_a_crowd_sounds_within_three_seconds_of_the_click(
    tmp_path: Path, record_testsuite_property: Callable[[str, object], None]
) -> None:
    """By each device's own signed word, and the words follow on each of them."""
    folder = tmp_path / "crowd"
    folder.mkdir()
    with founded_chain(tmp_path / "station") as chain:
        chain.start_station()
        with chain.database.writing() as session:
            station_id = the_station(session).id
            leader, operator = person(chain, LEADER), person(chain, OPERATOR)
            authorise(session, operator, station_id=station_id, by=leader, now=datetime.now(UTC))
        ready(chain, WORDS)
        arguments = ("simulate", "--state", str(chain.settings.state_dir), "--json")
        options = ("--devices", str(CROWD), "--processes", "2")
        with started(folder, *arguments, *options, **environment(chain.settings)) as command:
            command.wait_for(lambda: total(command).get("planned") == CROWD, within_s=120)
            slowness = slowed()
            emergency_id, _ = click(chain, WORDS)

            def all_sounded() -> list[float] | None:
                after = [each.word.tone_after_s for each in crowd_of(chain, emergency_id)]
                told = sorted(each for each in after if each is not None)
                return told if len(told) == CROWD else None

            tones = chain.wait_for(all_sounded, "all have sounded the tone")
            slowness = max(slowness, slowed())
            record_testsuite_property(
                "crowd_click_to_tone_s",
                [round(tones[0], 3), round(tones[-1], 3), round(slowness, 1)],
            )
            command.wait_for(lambda: total(command).get("finished") == CROWD, within_s=120)
            assert command.interrupt() == 0

    assert tones[-1] < PROMISED_S * slowness
