"""Confirmations are sent until the ledger's receipt covers them, always as the same bytes."""

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from devices.protocol.messages import BATCH_LIMIT_ENTRIES
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import Pole, make_order, make_plan, sent_entries
from tests.devices.sounds import tone

DAY_S = 86_400


def test_what_is_said_together_is_sent_together(tmp_path: Path) -> None:
    """Ten new orders make one batch, within a fifth of a second."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            orders = [make_order(f"o{number}", tone(3_000), after_s=500) for number in range(10)]
            pole.hear(make_plan(*orders))
            await asyncio.sleep(0.2)

            assert [(each.first, len(each.entries)) for each in pole.batches()] == [(1, 10)]

    run_simulated(story())


def test_without_a_receipt_the_same_bytes_are_sent_again(tmp_path: Path) -> None:
    """The back-off grows from 2 s to 60 s; every spelling of a number is the same."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=5_000)))
            await asyncio.sleep(600)

            sent_at_s = [each.sent_at_ms / 1_000 for each in pole.batches()]
            pauses_s = [later - earlier for earlier, later in pairwise(sent_at_s)]
            assert 1 <= pauses_s[0] <= 2.2
            assert all(pause_s <= 60.3 for pause_s in pauses_s)
            assert pauses_s[-1] >= 30
            assert all(len(spellings) == 1 for spellings in sent_entries(pole.batches()).values())

    run_simulated(story())


def test_a_receipt_ends_the_sending(tmp_path: Path) -> None:
    """What the ledger holds is not sent again, not even after a restart."""

    async def story() -> None:
        pole = Pole(tmp_path)
        async with pole:
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=5_000)))
            await asyncio.sleep(0.5)
            pole.hear_receipt(seq=1)
            await asyncio.sleep(600)
            assert len(pole.batches()) == 1
        async with pole:
            await asyncio.sleep(600)
            assert len(pole.batches()) == 1

    run_simulated(story())


def test_a_receipt_for_a_part_leaves_the_rest_due(tmp_path: Path) -> None:
    """Sending goes on from the first number that the receipt does not cover."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            orders = [make_order(f"o{number}", tone(3_000), after_s=5_000) for number in range(5)]
            pole.hear(make_plan(*orders))
            await asyncio.sleep(0.5)
            pole.hear_receipt(seq=3)
            await asyncio.sleep(5)

            assert [(each.first, len(each.entries)) for each in pole.batches()][:2] == [
                (1, 5),
                (4, 2),
            ]

    run_simulated(story())


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"chain": "f" * 64}, "receipt_unfounded"),
        ({"epoch": "0" * 32}, "receipt_unfounded"),
        ({"seq": 2}, "receipt_unfounded"),
        ({"device": "loa-02"}, "wrong_address"),
        ({"key": SigningKey(b"t" * 32)}, "wrong_key"),
    ],
)
def test_a_receipt_that_is_not_ours_ends_nothing(
    tmp_path: Path, fields: dict[str, object], code: str
) -> None:
    """Another chain, epoch, number, device or signer: counted, and sending goes on."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=5_000)))
            pole.hear_receipt(**({"seq": 1} | fields))  # type: ignore[arg-type]
            await asyncio.sleep(10)

            assert pole.journal.head.receipted_seq == 0
            assert pole.controller.violations == {code: 1}
            assert len(pole.batches()) > 1

    run_simulated(story())


def test_a_new_connection_sends_what_has_no_receipt(tmp_path: Path) -> None:
    """Nothing is counted on the broker: it may have lost all of it."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=5_000)))
            await asyncio.sleep(0.3)
            pole.controller.connected()
            await asyncio.sleep(0.3)

            assert len(pole.batches()) == 2

    run_simulated(story())


def test_without_a_connection_nothing_is_lost(tmp_path: Path) -> None:
    """What was said offline goes out with the next connection."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.link.connected = False
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=5_000)))
            await asyncio.sleep(100)
            assert pole.batches() == []
            pole.link.connected = True
            pole.controller.connected()
            await asyncio.sleep(0.3)

            assert [(each.first, len(each.entries)) for each in pole.batches()] == [(1, 1)]

    run_simulated(story())


def test_a_long_backlog_goes_out_in_allowed_batches(tmp_path: Path) -> None:
    """No batch has more entries than the contract allows, and none is left out."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            orders = [make_order(f"o{number}", tone(3_000), after_s=5_000) for number in range(120)]
            pole.hear(make_plan(*orders))
            await asyncio.sleep(0.3)

            assert [len(each.entries) for each in pole.batches()] == [50, 50, 20]
            assert BATCH_LIMIT_ENTRIES == 50
            assert sorted(sent_entries(pole.batches())) == list(range(1, 121))

    run_simulated(story())


def test_receipted_confirmations_are_kept_seven_days_more(tmp_path: Path) -> None:
    """Then they are dropped, the numbering goes on, and what has no receipt stays."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.hear(make_plan(make_order("mot", tone(3_000), after_s=20 * DAY_S)))
            await asyncio.sleep(1)
            pole.hear_receipt(seq=1)
            second = make_order("hai", tone(3_000), after_s=20 * DAY_S)
            pole.hear(make_plan(second, version=2))
            pole.link.connected = False
            await asyncio.sleep(6.9 * DAY_S)
            assert len(pole.journal.entries(first=1, last=9)) == 2
            await asyncio.sleep(0.3 * DAY_S)
            assert len(pole.journal.entries(first=1, last=9)) == 1
            pole.hear(make_plan(make_order("ba", tone(3_000), after_s=20 * DAY_S), version=3))

            assert pole.journal.head.seq == 3

    run_simulated(story())
