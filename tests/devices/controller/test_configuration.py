"""A device obeys its newest signed configuration at once, and only that."""

import asyncio
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from devices.protocol import topics
from devices.protocol.envelope import seal_message
from devices.protocol.messages import Kind, QuietHours, Scope
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import (
    CLUSTER,
    DEVICE,
    NOON_MS,
    STATION,
    STATION_KEY,
    Pole,
    make_config,
    make_issuer,
    make_keyring,
    make_order,
    make_plan,
)
from tests.devices.sounds import tone

NEW_KEY, THIEF_KEY = SigningKey(b"n" * 32), SigningKey(b"t" * 32)
WHOLE = ["received", "cached", "started", "item_started", "finished"]


def test_without_a_configuration_nothing_is_heard_of_and_nothing_plays(tmp_path: Path) -> None:
    """Nobody is trusted: own topics only, and a plan is nobody's word."""

    async def story() -> None:
        async with Pole(tmp_path, config=None) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            pole.hear_now(order=make_order("nay", tone(3_000), after_s=0))
            await asyncio.sleep(60)

            assert pole.link.topics == [
                topics.config(STATION, DEVICE),
                topics.to_device(STATION, DEVICE),
            ]
            assert pole.journalled() == []
            assert pole.controller.violations == {"wrong_address": 2}
            assert (await pole.told()).config_version == 0

    run_simulated(story())


def test_a_first_configuration_puts_a_device_into_service(tmp_path: Path) -> None:
    """From then on it hears its cluster, says so, and plays."""

    async def story() -> None:
        async with Pole(tmp_path, config=None) as pole:
            pole.offer(tone(3_000))
            pole.hear_config(make_config(version=7))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(20)

            assert set(pole.link.topics[2:]) == {
                topics.plan(STATION, CLUSTER),
                topics.now(STATION, CLUSTER),
                topics.live(STATION, CLUSTER),
            }
            assert pole.said("sang") == WHOLE
            assert (await pole.told()).config_version == 7
            assert (await pole.told()).keyring_serial == 1

    run_simulated(story())


@pytest.mark.parametrize("restarted", [False, True])
def test_an_older_configuration_changes_nothing(tmp_path: Path, restarted: bool) -> None:
    """Neither while it runs nor after a restart, from the disk alone."""

    async def story() -> None:
        pole = Pole(tmp_path, config=make_config(version=7, longest_play_ms=2_000))
        async with pole:
            if restarted:
                await pole.lose_power()
                pole.config = None
                await pole.switch_on()
            pole.hear_config(make_config(version=6))
            pole.hear_config(make_config(version=7))
            pole.hear(make_plan(make_order("dai", tone(3_000))))

            assert pole.said("dai") == ["rejected(too_long)"]
            assert pole.controller.violations == {"rolled_back": 2}

    run_simulated(story())


def test_the_same_configuration_again_changes_nothing(tmp_path: Path) -> None:
    """It is retained, and comes with every connection."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            statuses = len(pole.statuses())
            pole.hear_config(make_config())

            assert len(pole.statuses()) == statuses
            assert not pole.controller.violations

    run_simulated(story())


def test_a_configuration_that_was_cleared_changes_nothing(tmp_path: Path) -> None:
    """Somebody who may publish an empty message does not take a village's loudspeaker."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.controller.receive(topics.config(STATION, DEVICE), b"")
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(20)

            assert pole.said("sang") == WHOLE

    run_simulated(story())


def test_an_older_keyring_does_not_bring_a_revoked_key_back(tmp_path: Path) -> None:
    """Not even in a configuration of a higher version."""

    async def story() -> None:
        config = make_config(version=2, keyring=make_keyring(make_issuer(NEW_KEY), serial=5))
        async with Pole(tmp_path, config=config, station_key=NEW_KEY) as pole:
            pole.hear_config(make_config(version=9, keyring=make_keyring(serial=4)))
            pole.hear(make_plan(make_order("cu", tone(3_000))))

            assert (await pole.told()).keyring_serial == 5
            assert pole.said("cu") == []
            assert pole.controller.violations == {"rolled_back": 1, "wrong_key": 1}

    run_simulated(story())


@pytest.mark.parametrize(
    "config",
    [
        make_config(version=2, keyring=make_keyring(serial=2, root=THIEF_KEY)),
        make_config(version=2, station="xa-khac"),
        make_config(version=2, device="loa-02"),
        make_config(version=2, keyring="a.b.c"),
        make_config(version=2, quiet_hours=QuietHours(zone="Asia/Atlantis")),
        make_config(version=2, quiet_hours=QuietHours(zone="../../etc/passwd")),
        make_config(version=2, quiet_hours=QuietHours(zone="Asia")),
    ],
    ids=["root", "station", "device", "keyring", "zone", "path", "folder"],
)
def test_a_configuration_that_does_not_hold_changes_nothing(tmp_path: Path, config: object) -> None:
    """Another root, another's address, a zone that this device does not know."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.hear_config(config)  # type: ignore[arg-type]

            assert (await pole.told()).config_version == 1
            assert sum(pole.controller.violations.values()) == 1

    run_simulated(story())


@pytest.mark.parametrize("key", [THIEF_KEY, STATION_KEY])
def test_only_a_key_with_that_scope_configures(tmp_path: Path, key: SigningKey) -> None:
    """A key of the keyring that may sign plans only is as good as none."""

    async def story() -> None:
        keyring = make_keyring(make_issuer(scopes=(Scope.PLAN,)), make_issuer(NEW_KEY), serial=2)
        config = make_config(version=2, keyring=keyring)
        async with Pole(tmp_path, config=config, station_key=NEW_KEY) as pole:
            pole.hear_config(make_config(version=3, keyring=keyring, cluster="cum-9"), key=key)

            assert (await pole.told()).config_version == 2

    run_simulated(story())


def test_a_plan_of_a_key_that_is_revoked_is_no_longer_followed(tmp_path: Path) -> None:
    """The order that yesterday's key planned does not play, and nothing is said of it."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("cu", tone(3_000), after_s=60), version=41))
            await asyncio.sleep(20)
            keyring = make_keyring(make_issuer(NEW_KEY), serial=2)
            pole.hear_config(make_config(version=2, keyring=keyring), key=NEW_KEY)
            await asyncio.sleep(90)

            assert pole.said("cu") == ["received", "cached"]
            pole.hear(make_plan(make_order("moi", tone(3_000), after_s=150), version=42))
            assert pole.controller.violations == {"wrong_key": 1}
            plan = make_plan(make_order("moi", tone(3_000), after_s=150), version=42)
            pole.hear(plan, key=NEW_KEY)
            await asyncio.sleep(60)
            assert pole.said("moi") == WHOLE

    run_simulated(story())


def test_what_plays_when_its_key_is_revoked_is_heard_out(tmp_path: Path) -> None:
    """Only a stop ends what sounds."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("cu", tone(3_000))))
            await asyncio.sleep(11)
            keyring = make_keyring(make_issuer(NEW_KEY), serial=2)
            pole.hear_config(make_config(version=2, keyring=keyring), key=NEW_KEY)
            await asyncio.sleep(20)

            assert pole.said("cu") == WHOLE

    run_simulated(story())


def test_an_order_of_the_moment_goes_with_the_key_that_gave_it(tmp_path: Path) -> None:
    """It is forgotten on the disk as well."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear_now(order=make_order("nay", tone(3_000), after_s=60))
            await asyncio.sleep(20)
            keyring = make_keyring(make_issuer(NEW_KEY), serial=2)
            pole.hear_config(make_config(version=2, keyring=keyring), key=NEW_KEY)
            await asyncio.sleep(90)

            assert pole.said("nay") == ["received", "cached"]
            assert pole.journal.moments() == []

    run_simulated(story())


def test_two_keys_overlap_while_a_station_changes_them(tmp_path: Path) -> None:
    """The old key's plan plays on until the new key's plan replaces it."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("cu", tone(3_000), after_s=60), version=41))
            both = make_keyring(make_issuer(), make_issuer(NEW_KEY), serial=2)
            pole.hear_config(make_config(version=2, keyring=both), key=NEW_KEY)
            await asyncio.sleep(90)
            assert pole.said("cu") == WHOLE
            plan = make_plan(make_order("moi", tone(3_000), after_s=120), version=42)
            pole.hear(plan, key=NEW_KEY)
            alone = make_keyring(make_issuer(NEW_KEY), serial=3)
            pole.hear_config(make_config(version=3, keyring=alone), key=NEW_KEY)
            await asyncio.sleep(60)

            assert pole.said("moi") == WHOLE

    run_simulated(story())


def test_a_thief_who_used_up_all_numbers_locks_nobody_out(tmp_path: Path) -> None:
    """With his key his versions and sequences lose their meaning, and the station's count again."""

    async def story() -> None:
        last = 2**53 - 1
        ours, his = make_issuer(), make_issuer(THIEF_KEY)
        config = make_config(keyring=make_keyring(ours, his))
        async with Pole(tmp_path, config=config) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(version=41))
            pole.hear_now(sequence=7, order=make_order("mot", tone(3_000), after_s=60))
            pole.hear(make_plan(version=last), key=THIEF_KEY)
            pole.hear_now(
                sequence=last, order=make_order("hai", tone(3_000), after_s=60), key=THIEF_KEY
            )
            pole.hear_config(
                make_config(version=last, keyring=make_keyring(ours, his)), key=THIEF_KEY
            )
            assert (await pole.told()).plan_version == last
            pole.hear_config(make_config(version=2, keyring=make_keyring(ours, serial=2)))
            status = await pole.told()
            assert (status.plan_version, status.now_sequence, status.config_version) == (41, 7, 2)
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=120), version=42))
            await asyncio.sleep(1)
            pole.hear_now(sequence=8, order=make_order("nay", tone(3_000), after_s=200))
            await asyncio.sleep(300)

            assert pole.said("sang") == pole.said("nay") == WHOLE
            assert pole.said("hai")[-1:] != ["finished"]

    run_simulated(story())


def test_moved_to_another_cluster_it_forgets_the_old_ones_plan(tmp_path: Path) -> None:
    """It hears the new cluster's topics, and nothing is said of what it leaves."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("cu", tone(3_000), after_s=60), version=41))
            await asyncio.sleep(20)
            pole.hear_config(make_config(version=2, cluster="cum-2"))
            assert topics.plan(STATION, "cum-2") in pole.link.topics
            assert topics.plan(STATION, CLUSTER) not in pole.link.topics
            assert (await pole.told()).plan_version == 0
            plan = make_plan(make_order("moi", tone(3_000), after_s=80), cluster="cum-2", version=3)
            pole.deliver(topics.plan(STATION, "cum-2"), plan, key=STATION_KEY)
            await asyncio.sleep(90)

            assert pole.said("cu") == ["received", "cached"]
            assert pole.said("moi") == WHOLE

    run_simulated(story())


def test_moved_back_it_is_not_rolled_back(tmp_path: Path) -> None:
    """The plan that it knew is followed again, and none that is older."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("cu", tone(3_000), after_s=60), version=41))
            pole.hear_config(make_config(version=2, cluster="cum-2"))
            pole.hear_config(make_config(version=3))
            assert (await pole.told()).plan_version == 41
            pole.hear(make_plan(make_order("sai", tone(3_000)), version=40))
            await asyncio.sleep(90)

            assert pole.said("cu") == WHOLE
            assert pole.said("sai") == []

    run_simulated(story())


def test_quiet_hours_hold_from_the_moment_they_are_signed(tmp_path: Path) -> None:
    """An order that was received is rejected, and received no second time when it may play."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=60)))
            await asyncio.sleep(20)
            quiet = QuietHours(begins="12:00", ends="13:00")
            pole.hear_config(make_config(version=2, quiet_hours=quiet))
            assert pole.said("sang") == ["received", "cached", "rejected(quiet_hours)"]
            pole.hear_config(make_config(version=3))
            await asyncio.sleep(60)

            assert pole.said("sang") == [
                *("received", "cached", "rejected(quiet_hours)"),
                *("started", "item_started", "finished"),
            ]

    run_simulated(story())


def test_quiet_hours_that_begin_while_an_order_is_prepared_silence_it(tmp_path: Path) -> None:
    """A second before its instant is early enough."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(8)
            quiet = QuietHours(begins="12:00", ends="13:00")
            pole.hear_config(make_config(version=2, quiet_hours=quiet))
            await asyncio.sleep(30)

            assert pole.said("sang") == ["received", "cached", "rejected(quiet_hours)"]

    run_simulated(story())


def test_what_was_refused_is_received_when_it_is_allowed(tmp_path: Path) -> None:
    """A longer limit makes the order that was too long play."""

    async def story() -> None:
        async with Pole(tmp_path, config=make_config(longest_play_ms=1_000)) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("dai", tone(3_000), after_s=60)))
            assert pole.said("dai") == ["rejected(too_long)"]
            pole.hear_config(make_config(version=2))
            await asyncio.sleep(90)

            assert pole.said("dai") == ["rejected(too_long)", *WHOLE]

    run_simulated(story())


def test_a_staggered_pole_begins_that_much_later(tmp_path: Path) -> None:
    """Poles that hear each other do not speak at once."""

    async def story() -> None:
        async with Pole(tmp_path, config=make_config(stagger_ms=700)) as pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(20)

            finished = pole.one("sang", Kind.FINISHED)
            assert finished.first_sample_at_us == (NOON_MS + 10_700) * 1_000

    run_simulated(story())


@pytest.mark.parametrize(
    ("issuer", "code"),
    [
        ({"scopes": (Scope.NOW,)}, "issuer_scope"),
        ({"clusters": ("cum-2",)}, "issuer_scope"),
        ({"not_after_ms": NOON_MS - 1}, "key_expired"),
        ({"not_before_ms": NOON_MS + 400_000}, "key_expired"),
    ],
    ids=["scope", "cluster", "over", "early"],
)
def test_a_plan_of_a_key_that_may_not_sign_it_is_rejected_once(
    tmp_path: Path, issuer: dict[str, object], code: str
) -> None:
    """It is known whose key it was: so it is counted each time, and said once."""

    async def story() -> None:
        keyring = make_keyring(make_issuer(), make_issuer(NEW_KEY, **issuer))
        async with Pole(tmp_path, config=make_config(keyring=keyring)) as pole:
            for _ in range(3):
                pole.hear(make_plan(make_order("sai", tone(3_000)), version=8), key=NEW_KEY)

            (refusal,) = pole.journalled()
            assert (refusal.kind, refusal.code) == (Kind.REJECTED, code)
            assert refusal.plan_version == 8
            assert pole.controller.violations == {code: 3}

    run_simulated(story())


def test_an_emergency_of_a_key_that_may_give_none_is_rejected_alone(tmp_path: Path) -> None:
    """The other orders of its plan play."""

    async def story() -> None:
        keyring = make_keyring(make_issuer(), make_issuer(NEW_KEY, scopes=(Scope.PLAN,)))
        async with Pole(tmp_path, config=make_config(keyring=keyring)) as pole:
            pole.offer(tone(3_000))
            bad = make_order("bao", tone(3_000), priority=1)
            pole.hear(make_plan(bad, make_order("tin", tone(3_000))), key=NEW_KEY)
            await asyncio.sleep(20)

            assert pole.said("bao") == ["rejected(issuer_scope)"]
            assert pole.said("tin") == WHOLE

    run_simulated(story())


def test_a_plan_stays_accepted_when_its_key_has_run_out(tmp_path: Path) -> None:
    """A pole that restarts on the last day of the key plays what it was told before."""

    async def story() -> None:
        issuer = make_issuer(not_after_ms=NOON_MS + 30_000)
        pole = Pole(tmp_path, config=make_config(keyring=make_keyring(issuer)))
        pole.offer(tone(3_000))
        async with pole:
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=60)))
            await asyncio.sleep(40)
            await pole.lose_power()
            pole.config = None
            await pole.switch_on()
            await asyncio.sleep(60)

            assert pole.said("sang") == WHOLE

    run_simulated(story())


def test_a_full_disk_does_not_keep_a_revoked_key_trusted(tmp_path: Path) -> None:
    """The new keyring holds at once, and is written when the disk takes it."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            keyring = make_keyring(make_issuer(NEW_KEY), serial=2)
            pole.fill_disk()
            pole.hear_config(make_config(version=2, keyring=keyring), key=NEW_KEY)
            pole.hear(make_plan(make_order("cu", tone(3_000))))
            assert pole.controller.violations == {"wrong_key": 1}
            pole.empty_disk()
            await asyncio.sleep(10)

            held = pole.journal.config()
            assert held is not None
            assert held[0] == 2
            message = seal_message(make_config(version=2, keyring=keyring), key=NEW_KEY)
            assert held[1] == message.encode()

    run_simulated(story())
