"""A plan is followed only if it is the station's newest for this cluster."""

import asyncio
from pathlib import Path

from nacl.signing import SigningKey

from devices.protocol import topics
from devices.protocol.envelope import open_from_device, seal_message
from devices.protocol.messages import Kind, Status
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import (
    CLUSTER,
    DEVICE,
    DEVICE_KEY,
    STATION,
    Pole,
    make_config,
    make_issuer,
    make_keyring,
    make_order,
    make_plan,
)
from tests.devices.sounds import tone


def test_the_same_plan_again_changes_nothing(tmp_path: Path) -> None:
    """A retained plan comes with every connection; nothing is said of it twice."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            plan = make_plan(make_order("sang", tone(3_000)))
            pole.hear(plan)
            pole.hear(plan)

            assert pole.said("sang") == ["received"]
            assert not pole.controller.violations

    run_simulated(story())


def test_an_older_plan_is_not_followed_and_said_so_once(tmp_path: Path) -> None:
    """A rolled-back plan brings nothing back, also after a restart."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.hear(make_plan(version=7))
        async with pole:
            for _ in range(2):
                pole.hear(make_plan(make_order("cu", tone(3_000)), version=6))

            assert pole.said("cu") == []
            (refusal,) = pole.journalled()
            assert refusal.kind is Kind.REJECTED
            assert (refusal.code, refusal.plan_version) == ("plan_rolled_back", 6)

    run_simulated(story())


def test_another_plan_of_the_same_version_is_not_followed(tmp_path: Path) -> None:
    """The first plan of a version stands; a second one is reported."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.hear(make_plan(version=7))
            pole.hear(make_plan(make_order("hai", tone(3_000)), version=7))

            assert pole.said("hai") == []
            assert [each.code for each in pole.journalled()] == ["plan_equivocated"]

    run_simulated(story())


def test_what_breaks_the_contract_is_counted_and_leaves_no_trace(tmp_path: Path) -> None:
    """Forged, misdirected, unknown or broken messages change neither plan nor journal."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            plan = make_plan(make_order("la", tone(3_000)))
            plan_topic, command_topic = (
                topics.plan(STATION, CLUSTER),
                topics.to_device(STATION, DEVICE),
            )
            thief = SigningKey(b"t" * 32)
            sealed = seal_message(plan, key=thief).encode()
            pole.hear(plan, key=thief)
            pole.hear(make_plan(make_order("la", tone(3_000)), cluster="cum-2"))
            pole.controller.receive(plan_topic, sealed[:-4] + b"AAAA")
            pole.controller.receive(plan_topic, b"no message")
            # What was retained and is cleared says nothing (contract 4.3).
            pole.controller.receive(plan_topic, b"")
            pole.controller.receive(command_topic, sealed)
            pole.controller.receive("loa/1/binh-an/plan/cum-2", sealed)

            assert pole.journalled() == []
            assert pole.journal.plan(CLUSTER) is None
            assert pole.controller.violations == {
                "wrong_key": 2,
                "wrong_address": 2,
                "malformed": 1,
                "wrong_kind": 1,
            }

    run_simulated(story())


def test_a_plan_is_kept_through_a_power_cut(tmp_path: Path) -> None:
    """With the broker gone, the plan on the disk is played after a restart."""

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.offer(tone(3_000))
        await pole.switch_on()
        pole.hear(make_plan(make_order("sang", tone(3_000), after_s=30)))
        await pole.lose_power()
        pole.link.connected = False
        async with pole:
            await asyncio.sleep(60)

            assert pole.said("sang")[-1] == "finished"

    run_simulated(story())


def test_the_status_names_the_newest_plan(tmp_path: Path) -> None:
    """Online with the connection, again when it changed, once a second; a last will: offline."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.hear(make_plan(version=41))
            newest = await pole.told()

            statuses = pole.statuses()
            assert [(each.online, each.config_version, each.plan_version) for each in statuses] == [
                (True, 0, 0),
                (True, 1, 41),
            ]
            assert statuses[0].number < newest.number
            assert all(retained for *_, retained in pole.link.published)
            will = open_from_device(
                pole.controller.last_will(),
                Status,
                station=STATION,
                device=DEVICE,
                key=DEVICE_KEY.verify_key,
            )
            assert (will.online, will.plan_version, will.simulated) == (False, 41, True)
            assert will.boot == statuses[0].boot

    run_simulated(story())


def test_a_plan_that_nobody_trusts_any_more_is_not_followed(tmp_path: Path) -> None:
    """After the station's key changed, the plan on the disk is no order."""

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.offer(tone(3_000))
        async with pole:
            pole.hear(make_plan(make_order("cu", tone(3_000))))
        other = SigningKey(b"o" * 32)
        pole.config = make_config(version=2, keyring=make_keyring(make_issuer(other), serial=2))
        pole.station_key = other
        async with pole:
            await asyncio.sleep(30)

            assert pole.said("cu") == ["received"]

    run_simulated(story())
