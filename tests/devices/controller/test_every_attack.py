"""Whatever an attacker sends, nothing plays, nothing is believed, and each attempt is counted.

`LOA_ATTACKS` sets how many examples are tried; each is `ATTACKS_AN_EXAMPLE` messages to one
controller, which goes on with what the station really said as if nothing had been.
"""

import asyncio
import os
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from devices.controller.trusted_time import FixedWitness, TimeSource
from devices.protocol.envelope import open_from_device
from devices.protocol.messages import Health, Kind, Resync
from devices.simulation.simulated_time import run_simulated
from tests.attack_count import tell
from tests.devices.controller.attacks import (
    FALSE,
    HELD,
    Attack,
    a_stop_of_nothing,
    series,
    trusted_issuers,
)
from tests.devices.controller.pole import (
    DEVICE,
    DEVICE_KEY,
    STATION,
    Pole,
    make_config,
    make_keyring,
    make_order,
    make_plan,
)
from tests.devices.controller.recording import RecordingSink
from tests.devices.sounds import tone

ATTACKS_AN_EXAMPLE = 20
TRUE = "sang"
PLAYS = [Kind.RECEIVED, Kind.CACHED, Kind.STARTED, Kind.ITEM_STARTED, Kind.FINISHED]
MINUTES = 4

bounded = settings(
    max_examples=int(os.environ.get("LOA_ATTACKS", "40")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def test_no_message_makes_a_controller_speak_or_forget() -> None:
    """All of it is refused and told; the plan that was really signed plays, once, in its time."""
    sent = Counter[str]()

    @given(series(ATTACKS_AN_EXAMPLE))
    @bounded
    def attack(attacks: list[Attack]) -> None:
        sent.update(each.name for each in attacks)
        with tempfile.TemporaryDirectory() as name:
            run_simulated(_story(Path(name), attacks))

    attack()
    tell(sent)


async def _story(home: Path, attacks: Sequence[Attack]) -> None:
    pole = Pole(
        home,
        config=make_config(version=HELD, keyring=make_keyring(*trusted_issuers())),
        witness=FixedWitness(TimeSource.NTP),
    )
    pole.sink = sink = RecordingSink(clock=pole.clock)
    async with pole:
        pole.offer(tone(3_000), tone(2_000))
        await pole.answer()
        pole.hear(make_plan(make_order(TRUE, tone(3_000), after_s=60), version=HELD))
        pole.hear_now(sequence=HELD, stop=a_stop_of_nothing())
        pole.hear_command(sequence=HELD, resync=Resync(epoch=pole.journal.head.epoch, after_seq=0))
        await asyncio.sleep(10)
        assert pole.said(TRUE) == [Kind.RECEIVED, Kind.CACHED]
        before = _believed(pole)

        for number, attack in enumerate(attacks, start=1):
            pole.controller.receive(attack.topic, attack.payload)
            assert sum(pole.controller.violations.values()) == number, attack
        await asyncio.sleep(60 * MINUTES)

        assert _believed(pole) == before
        assert len(sink.takes) == 1
        assert pole.said(TRUE) == PLAYS
        # What is told of what was refused names its reason, and is no play.
        others = [each for each in pole.journalled() if each.order != TRUE]
        assert {each.kind for each in others} <= {Kind.REJECTED}
        assert {each.order for each in others} <= {FALSE, None}
        assert _told(pole).refused == dict(pole.controller.violations)


def _believed(pole: Pole) -> tuple[object, ...]:
    """What the device would say of itself: whom it trusts, and how far it has come."""
    status = pole.statuses()[-1]
    return status.plan_version, status.keyring_serial, pole.controller.cluster


def _told(pole: Pole) -> Health:
    """The device's last word on its health, as the station's page shows it."""
    topic, payload, _ = next(
        each for each in reversed(pole.link.published) if each[0].endswith("/health")
    )
    assert DEVICE in topic
    return open_from_device(
        payload, Health, station=STATION, device=DEVICE, key=DEVICE_KEY.verify_key
    )
