"""Commands to one device: each once; a resync brings back what a restored ledger lacks."""

import asyncio
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from devices.protocol.messages import Resync, Scope, SelfTest
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import (
    NOON_MS,
    Pole,
    make_config,
    make_issuer,
    make_keyring,
    make_order,
    make_plan,
    sent_entries,
)
from tests.devices.sounds import tone

DAY_S = 86_400


async def with_entries(pole: Pole, count: int) -> None:
    """So many orders received, and receipted."""
    orders = [make_order(f"o{n}", tone(3_000), after_s=30 * DAY_S) for n in range(count)]
    pole.hear(make_plan(*orders))
    await asyncio.sleep(1)
    pole.hear_receipt(seq=count)
    pole.link.published.clear()


def resync(pole: Pole, after_seq: int, *, epoch: str | None = None) -> Resync:
    """Ask for what comes after a number."""
    return Resync(epoch=epoch or pole.journal.head.epoch, after_seq=after_seq)


@pytest.mark.parametrize("after_seq", [0, 7, 19, 20])
def test_what_the_ledger_lacks_is_sent_again(tmp_path: Path, after_seq: int) -> None:
    """The same bytes, from the number that it names; until it is receipted again."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            await with_entries(pole, 20)
            pole.hear_command(resync=resync(pole, after_seq))
            await asyncio.sleep(1)

            sent = sent_entries(pole.batches())
            assert set(sent) == set(range(after_seq + 1, 21))
            held = pole.journal.entries(first=1, last=20)
            assert all(spellings == {held[seq - 1]} for seq, spellings in sent.items())
            pole.hear_receipt(seq=20)
            pole.link.published.clear()
            await asyncio.sleep(300)
            assert pole.batches() == []

    run_simulated(story())


def test_what_was_pruned_is_left_out(tmp_path: Path) -> None:
    """It sends from the first entry that it still holds."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            await with_entries(pole, 20)
            pole.link.connected = False
            await asyncio.sleep(8 * DAY_S)
            pole.link.connected = True
            orders = [make_order(f"p{n}", tone(3_000), after_s=30 * DAY_S) for n in range(5)]
            pole.hear(make_plan(*orders, version=2))
            await asyncio.sleep(1)
            pole.hear_receipt(seq=25)
            pole.link.published.clear()
            expires_at_ms = NOON_MS + 9 * DAY_S * 1_000
            pole.hear_command(resync=resync(pole, 3), expires_at_ms=expires_at_ms)
            await asyncio.sleep(1)

            assert set(sent_entries(pole.batches())) == set(range(21, 26))
            assert pole.journal.head.receipted_seq == 20

    run_simulated(story())


@pytest.mark.parametrize("fields", [{"after_seq": 21}, {"epoch": "0" * 32, "after_seq": 3}])
def test_a_resync_of_what_it_never_held_is_refused(
    tmp_path: Path, fields: dict[str, object]
) -> None:
    """Another epoch, or numbers that were never given."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            await with_entries(pole, 20)
            asked = {"epoch": pole.journal.head.epoch, "after_seq": 3} | fields
            pole.hear_command(resync=Resync(**asked))  # type: ignore[arg-type]
            await asyncio.sleep(100)

            assert pole.batches() == []
            assert pole.controller.violations == {"receipt_unfounded": 1}

    run_simulated(story())


def test_a_command_is_obeyed_once_and_in_order(tmp_path: Path) -> None:
    """The last one again is only a repetition; an older one is refused, also after a restart."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            await with_entries(pole, 20)
            pole.hear_command(sequence=7, resync=resync(pole, 0))
            await asyncio.sleep(1)
            pole.hear_receipt(seq=20)
            pole.link.published.clear()
            pole.hear_command(sequence=7, resync=resync(pole, 0))
            pole.hear_command(sequence=6, resync=resync(pole, 0))
            await asyncio.sleep(10)
            assert pole.batches() == []
            assert pole.controller.violations == {"rolled_back": 1}
            await pole.lose_power()
            await pole.switch_on()
            pole.link.published.clear()
            pole.hear_command(sequence=7, resync=resync(pole, 0))
            pole.hear_command(sequence=5, resync=resync(pole, 0))
            await asyncio.sleep(10)

            assert pole.batches() == []
            assert pole.controller.violations == {"rolled_back": 1}

    run_simulated(story())


def test_a_command_that_has_expired_is_counted(tmp_path: Path) -> None:
    """Whoever recorded it has no use of it."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            await with_entries(pole, 20)
            pole.hear_command(resync=resync(pole, 0), expires_at_ms=NOON_MS)
            await asyncio.sleep(10)

            assert pole.batches() == []
            assert pole.controller.violations == {"expired": 1}

    run_simulated(story())


@pytest.mark.parametrize(
    ("key", "code"),
    [(SigningKey(b"t" * 32), "wrong_key"), (SigningKey(b"p" * 32), "issuer_scope")],
)
def test_only_a_key_with_that_scope_commands(tmp_path: Path, key: SigningKey, code: str) -> None:
    """A key for plans does not."""

    async def story() -> None:
        plans = make_issuer(SigningKey(b"p" * 32), scopes=(Scope.PLAN, Scope.NOW))
        config = make_config(keyring=make_keyring(make_issuer(), plans))
        async with Pole(tmp_path, config=config) as pole:
            await with_entries(pole, 20)
            pole.hear_command(resync=resync(pole, 0), key=key)
            await asyncio.sleep(10)

            assert pole.batches() == []
            assert pole.controller.violations == {code: 1}
            assert pole.said("o1") == ["received"]

    run_simulated(story())


def test_a_self_test_that_cannot_be_done_harms_nothing(tmp_path: Path) -> None:
    """A device without a way to test itself goes on."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.hear_command(self_test=SelfTest())

            assert not pole.controller.violations

    run_simulated(story())
