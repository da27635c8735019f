"""A device that lost its memory says so, and plays nothing that it may have played before."""

import asyncio
from pathlib import Path

from devices.controller.journal_file import DATABASE_FILE, open_journal
from devices.controller.link import RememberingLink
from devices.controller.trusted_time import FixedWitness, TimeSource
from devices.protocol.messages import Kind
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import NOON_MS, Pole, make_order, make_plan
from tests.devices.sounds import tone

WHOLE = ["received", "cached", "started", "item_started", "finished"]


async def lose_journal(pole: Pole) -> None:
    """The power goes, and takes the database with it."""
    await pole.lose_power()
    (pole.home / DATABASE_FILE).write_bytes(b"\0" * 8_192)
    pole.link = RememberingLink()
    await pole.switch_on()


def test_the_new_epoch_names_how_far_the_old_one_was_known(tmp_path: Path) -> None:
    """In the status; the station opens an incident."""

    async def story() -> None:
        pole = Pole(tmp_path)
        async with pole:
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=9_000)))
            await asyncio.sleep(3_700)
            before = pole.journal.head
            await lose_journal(pole)

            (status, *_) = pole.statuses()
            assert status.epoch == pole.journal.head.epoch != before.epoch
            assert status.previous is not None
            assert (status.previous.epoch, status.previous.seq) == (before.epoch, before.seq)
            assert status.previous.chain == before.hash

    run_simulated(story())


def test_what_may_have_played_does_not_play_again(tmp_path: Path) -> None:
    """It is skipped, for the reason; what is still to come plays."""

    async def story() -> None:
        pole = Pole(tmp_path)
        async with pole:
            pole.offer(tone(3_000))
            plan = make_plan(
                make_order("da-phat", tone(3_000)),
                make_order("chua-phat", tone(3_000), after_s=30),
                make_order("se-phat", tone(3_000), after_s=200),
            )
            pole.hear(plan)
            await asyncio.sleep(20)
            assert pole.said("da-phat")[-1] == "finished"
            await pole.lose_power()
            await asyncio.sleep(20)
            (pole.home / DATABASE_FILE).write_bytes(b"rust" * 5_000)
            await pole.switch_on()
            pole.hear(plan)
            await asyncio.sleep(300)

            assert pole.said("da-phat")[-1] == "skipped(journal_lost)"
            assert pole.said("chua-phat")[-1] == "skipped(journal_lost)"
            assert pole.said("se-phat") == WHOLE
            assert not any(
                each.kind is Kind.STARTED for each in pole.journalled() if each.order == "da-phat"
            )

    run_simulated(story())


def test_a_file_that_is_gone_is_a_lost_one(tmp_path: Path) -> None:
    """What is left beside it says that there was a journal."""

    async def story() -> None:
        pole = Pole(tmp_path)
        async with pole:
            pole.offer(tone(3_000))
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(20)
            epoch = pole.journal.head.epoch
            await pole.lose_power()
            for path in pole.home.glob(f"{DATABASE_FILE}*"):
                path.unlink()
            await pole.switch_on()
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(20)

            assert pole.journal.previous is not None
            assert pole.journal.previous.epoch == epoch
            assert pole.said("sang")[-1] == "skipped(journal_lost)"

    run_simulated(story())


def test_a_file_that_opens_and_does_not_hold_together_is_put_aside(tmp_path: Path) -> None:
    """A page in its middle is rubbish: no half of it is believed."""

    async def story() -> None:
        pole = Pole(tmp_path)
        async with pole:
            orders = [make_order(f"o{n}", tone(3_000), after_s=9_000) for n in range(300)]
            pole.hear(make_plan(*orders))
            await asyncio.sleep(1)
        path = pole.home / DATABASE_FILE
        whole = bytearray(path.read_bytes())
        middle = len(whole) // 2 // 4_096 * 4_096
        whole[middle : middle + 4_096] = b"\xff" * 4_096
        path.write_bytes(whole)
        pole.link.connected = True
        async with pole:
            assert pole.journal.was_lost
            assert pole.journal.head.seq == 0
            assert (pole.home / f"{DATABASE_FILE}.broken-0").read_bytes() == bytes(whole)

    run_simulated(story())


def test_a_card_that_breaks_every_journal_does_not_fill_itself_with_them(tmp_path: Path) -> None:
    """Three are kept."""
    for _ in range(6):
        journal = open_journal(tmp_path, station="binh-an", device="loa-01")
        journal.close()
        (tmp_path / DATABASE_FILE).write_bytes(b"rust" * 5_000)
    journal = open_journal(tmp_path, station="binh-an", device="loa-01")

    assert len(list(tmp_path.glob(f"{DATABASE_FILE}.broken-?"))) == 3
    journal.close()


def test_what_was_to_come_when_it_was_lost_plays_also_after_another_restart(
    tmp_path: Path,
) -> None:
    """The instant of the loss is remembered, and is not that of every start."""

    async def story() -> None:
        pole = Pole(tmp_path)
        async with pole:
            pole.offer(tone(3_000))
            await lose_journal(pole)
            order = make_order("sang", tone(3_000), after_s=60, not_after_ms=NOON_MS + 300_000)
            pole.hear(make_plan(order))
            await asyncio.sleep(10)
            await pole.lose_power()
            await asyncio.sleep(70)
            await pole.switch_on()
            await asyncio.sleep(60)

            assert pole.said("sang") == WHOLE

    run_simulated(story())


def test_it_does_not_judge_by_a_time_for_which_nobody_vouches(tmp_path: Path) -> None:
    """A hardware clock that runs ahead would skip the plans of years."""

    async def story() -> None:
        pole = Pole(tmp_path)
        async with pole:
            pole.offer(tone(3_000))
            pole.witness = FixedWitness(TimeSource.RTC)
            pole.machine_ms = NOON_MS + 365 * 86_400_000
            await pole.lose_power()
            pole.__post_init__()
            (pole.home / DATABASE_FILE).write_bytes(b"rust" * 5_000)
            pole.link = RememberingLink()
            await pole.switch_on()
            plan = make_plan(
                make_order("sang", tone(3_000), after_s=100),
                make_order("truoc", tone(3_000), after_s=-5),
            )
            pole.hear(plan)
            await asyncio.sleep(20)
            assert pole.said("sang") == ["received"]
            await pole.answer()
            await asyncio.sleep(120)

            assert pole.said("sang") == WHOLE
            assert pole.said("truoc")[-1] == "skipped(journal_lost)"

    run_simulated(story())
