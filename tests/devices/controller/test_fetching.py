"""Audio is fetched ahead, resumed after a break, and never played unless its bytes are right."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from devices.controller.audio_source import Block, HeldAudioSource
from devices.controller.audio_store import RESERVE_BYTES, AudioStore
from devices.controller.fetching import JITTER_CAP_S
from devices.protocol.messages import Item
from devices.simulation.faults.audio import CorruptingSource, flip_first_byte
from devices.simulation.simulated_time import run_simulated
from tests.devices.controller.pole import (
    NOON_MS,
    Pole,
    make_config,
    make_emergency,
    make_order,
    make_plan,
)
from tests.devices.sounds import Sound, tone


def test_an_order_is_cached_once_all_its_items_are_there(tmp_path: Path) -> None:
    """One item of two is not enough; the second makes it so, and it is said once."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(1_000))
            pole.hear(make_plan(make_order("sang", tone(1_000), tone(2_000), after_s=1_000)))
            await asyncio.sleep(60)
            assert pole.said("sang") == ["received"]
            pole.offer(tone(2_000))
            await asyncio.sleep(120)

            assert pole.said("sang") == ["received", "cached"]

    run_simulated(story())


def test_a_broken_fetch_is_resumed_where_it_broke(tmp_path: Path) -> None:
    """What has arrived is not fetched again."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000))
            pole.source.break_after_bytes = [5_000, 7_000]
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=100)))
            await asyncio.sleep(60)

            assert [offset for _, offset in pole.source.asked] == [0, 5_000, 12_000]
            assert pole.said("sang") == ["received", "cached"]

    run_simulated(story())


def test_a_fetch_is_resumed_after_a_power_cut(tmp_path: Path) -> None:
    """The part on the disk is used after a restart."""

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.offer(tone(3_000))
        pole.source.break_after_bytes = [5_000]
        await pole.switch_on()
        pole.hear(make_plan(make_order("sang", tone(3_000))))
        await asyncio.sleep(0.5)
        await pole.lose_power()
        async with pole:
            await asyncio.sleep(2)

            assert [offset for _, offset in pole.source.asked] == [0, 5_000]
            assert pole.said("sang") == ["received", "cached"]

    run_simulated(story())


def test_wrong_bytes_are_never_played(tmp_path: Path) -> None:
    """At the planned instant the order fails, says why, and is no longer fetched."""

    async def story() -> None:
        pole = Pole(tmp_path)
        pole.offer(tone(3_000))
        held = pole.source
        pole.source = CorruptingSource(held)  # type: ignore[assignment]
        async with pole:
            pole.hear(make_plan(make_order("sang", tone(3_000))))
            await asyncio.sleep(10.1)
            assert pole.said("sang") == ["received", "failed(audio_hash_mismatch)"]
            tries = len(held.asked)
            await asyncio.sleep(100)

            assert tries > 1
            assert len(held.asked) == tries
            assert list((tmp_path / "audio").iterdir()) == []

    run_simulated(story())


def test_missing_audio_fails_at_the_planned_instant(tmp_path: Path) -> None:
    """An order that was known long before waits for nobody."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.hear(make_plan(make_order("sang", tone(3_000), after_s=60)))
            await asyncio.sleep(59.9)
            assert pole.said("sang") == ["received"]
            await asyncio.sleep(0.2)

            assert pole.said("sang") == ["received", "failed(audio_missing)"]

    run_simulated(story())


def test_an_order_at_short_notice_may_still_fetch(tmp_path: Path) -> None:
    """News of an order whose instant has passed leaves 20 s for its audio."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.hear(make_plan(make_order("ngay", tone(3_000), after_s=0)))
            await asyncio.sleep(5)
            pole.offer(tone(3_000))
            await asyncio.sleep(20)

            assert pole.said("ngay")[-1] == "finished"

    run_simulated(story())


def test_bytes_that_are_no_sound_fail_as_undecodable(tmp_path: Path) -> None:
    """A file can be exactly what the station published and yet not be MP3."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            text = Sound(mp3="Không phải âm thanh".encode() * 100, duration_ms=1_000)
            pole.offer(text)
            pole.hear(make_plan(make_order("chu", text)))
            await asyncio.sleep(20)

            assert pole.said("chu") == ["received", "failed(audio_undecodable)"]

    run_simulated(story())


def test_a_file_that_rots_on_the_disk_is_noticed_before_it_plays(tmp_path: Path) -> None:
    """Hashed once more right before the play, and fetched again where there is time."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            sound = tone(3_000)
            pole.offer(sound)
            pole.hear(make_plan(make_order("sang", sound, after_s=30)))
            await asyncio.sleep(20)
            pole.store.path(sound.sha256).write_bytes(flip_first_byte(sound.mp3))
            await asyncio.sleep(30)

            assert pole.said("sang")[-1] == "finished"
            assert len(pole.source.asked) == 2

    run_simulated(story())


def test_the_cache_drops_only_what_is_not_planned(tmp_path: Path) -> None:
    """Room is made by the oldest unplanned file; what is planned stays, whatever comes."""

    async def story() -> None:
        old, kept, new = tone(1_000), tone(2_000), tone(3_000)
        pole = Pole(tmp_path)
        pole.limit_bytes = len(old.mp3) + len(kept.mp3) + 1_000
        pole.offer(old, kept, new)
        async with pole:
            gone = make_order("cu", old, after_s=5)
            stays = make_order("con", kept, after_s=500)
            pole.hear(make_plan(gone, stays))
            await asyncio.sleep(60)
            assert pole.said("cu")[-1] == "finished"
            pole.hear(make_plan(stays, make_order("moi", new, after_s=400), version=2))
            await asyncio.sleep(100)

            assert not pole.store.path(old.sha256).exists()
            assert pole.store.path(kept.sha256).exists()
            assert pole.said("moi") == ["received"]

    run_simulated(story())


def test_a_source_that_pours_more_than_ordered_is_stopped(tmp_path: Path) -> None:
    """A file longer than its order says is not gathered without end, nor trusted."""

    async def story() -> None:
        sound = tone(3_000)
        pole = Pole(tmp_path)
        pole.source = HeldAudioSource({sound.sha256: sound.mp3 * 50})
        async with pole:
            pole.hear(make_plan(make_order("sang", sound)))
            await asyncio.sleep(20)

            assert pole.said("sang") == ["received", "failed(audio_hash_mismatch)"]

    run_simulated(story())


def test_fetches_of_a_distant_plan_are_spread(tmp_path: Path) -> None:
    """Poles that get the same plan at the same moment do not ask the station together."""

    async def asked_after_s(seed: int) -> float:
        home = tmp_path / str(seed)
        home.mkdir()
        pole = Pole(home)
        pole.seed = seed
        async with pole:
            pole.offer(tone(1_000))
            pole.hear(make_plan(make_order("mai", tone(1_000), after_s=80_000)))
            began_us = pole.clock.now_us()
            for _ in range(400):
                if pole.source.asked:
                    break
                await asyncio.sleep(0.1)
            return (pole.clock.now_us() - began_us) / 1e6

    delays_s = [run_simulated(asked_after_s(seed)) for seed in range(8)]

    assert all(0 <= delay_s <= 30.2 for delay_s in delays_s)
    assert max(delays_s) - min(delays_s) > 5


def test_the_size_in_the_order_does_not_vouch_for_the_bytes(tmp_path: Path) -> None:
    """Right length, wrong bytes: refused all the same."""

    async def story() -> None:
        right, wrong = tone(1_000), tone(1_000, hertz=880)
        pole = Pole(tmp_path)
        pole.source = HeldAudioSource({right.sha256: wrong.mp3})
        async with pole:
            item = Item(sha256=right.sha256, size_bytes=len(wrong.mp3), duration_ms=1_000)
            starts = make_order("sai", items=(item,), not_after_ms=NOON_MS + 60_000)
            pole.hear(make_plan(starts))
            await asyncio.sleep(20)

            assert pole.said("sai") == ["received", "failed(audio_hash_mismatch)"]

    run_simulated(story())


def test_audio_that_an_emergency_needs_after_all_is_fetched_at_once(tmp_path: Path) -> None:
    """It was wanted for tomorrow, had failed, and was to be tried again in a minute."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.hear(make_plan(make_order("mai", tone(3_000), after_s=86_400)))
            await asyncio.sleep(600)
            pole.offer(tone(3_000))
            pole.hear_now(order=make_emergency("bao", tone(3_000), after_s=600))
            await asyncio.sleep(5)

            assert "started" in pole.said("bao")

    run_simulated(story())


def test_a_card_that_cannot_be_read_ends_nothing_but_its_order(tmp_path: Path) -> None:
    """Its file is fetched again; the device stays alive."""

    async def story() -> None:
        async with Pole(tmp_path) as pole:
            pole.offer(tone(3_000), tone(2_000))
            orders = [make_order("mot", tone(3_000)), make_order("hai", tone(2_000), after_s=60)]
            pole.hear(make_plan(*orders))
            await asyncio.sleep(5)
            read = pole.store._hash_of

            async def fail(path: Path) -> str:
                if path.stem == tone(3_000).sha256:
                    raise OSError(5, "Input/output error")
                return await read(path)

            pole.store._hash_of = fail
            await asyncio.sleep(90)

            assert pole.said("mot")[-1].startswith("failed")
            assert pole.said("hai")[-1] == "finished"

    run_simulated(story())


def test_audio_leaves_the_journal_some_of_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However small the card is."""
    free = SimpleNamespace(free=RESERVE_BYTES + 1_000)
    monkeypatch.setattr("shutil.disk_usage", lambda _: free)
    store = AudioStore(tmp_path)
    old = store.path("0" * 64)
    old.write_bytes(b"x" * 500)

    assert store.make_room(1_000, planned=())
    assert old.exists()
    assert store.make_room(1_500, planned=())
    assert not old.exists()
    assert not store.make_room(1_501, planned=())


def test_a_station_that_moved_is_asked_where_it_is_now(tmp_path: Path) -> None:
    """Without waiting out a pause, and after a restart (contract 5.2)."""

    async def story() -> None:
        pole, moved = Pole(tmp_path), make_config(version=2, station_url="https://dai.example")
        sound = tone(3_000)
        there = HeldAudioSource({sound.sha256: sound.mp3})
        pole.elsewhere = {"https://dai.example": there}
        await pole.switch_on()
        pole.hear(make_plan(make_order("sang", sound, after_s=600)))
        await asyncio.sleep(120)
        tries = len(pole.source.asked)
        pole.hear_config(moved)
        await asyncio.sleep(JITTER_CAP_S)
        assert pole.said("sang") == ["received", "cached"]
        await pole.switch_off()
        pole.config = moved
        another = tone(2_000)
        there.files = {**there.files, another.sha256: another.mp3}
        async with pole:
            pole.hear(make_plan(make_order("trua", another, after_s=900), version=2))
            await asyncio.sleep(120)

            assert pole.said("trua") == ["received", "cached"]
        assert tries > 1
        assert len(pole.source.asked) == tries

    run_simulated(story())


@dataclass
class Forging:
    """Whoever stands in the line: the first answer is of bytes that were not asked for."""

    honest: HeldAudioSource
    at: int
    forged: int = 1

    async def fetch(self, sha256: str, *, offset: int) -> AsyncGenerator[Block, None]:
        """Ten bytes of anywhere, then the truth."""
        if self.forged:
            self.forged -= 1
            yield Block(offset=self.at, data=b"0123456789")
            return
        async with aclosing(self.honest.fetch(sha256, offset=offset)) as blocks:
            async for block in blocks:
                yield block


@pytest.mark.parametrize("at", [10**11, 17, 3_000_000])
def test_bytes_from_anywhere_take_no_room_and_hold_nothing_up(at: int, tmp_path: Path) -> None:
    """One forged answer fills no disk; what was ordered arrives at the next attempt."""

    async def story() -> None:
        pole, sound = Pole(tmp_path), tone(3_000)
        pole.source = Forging(HeldAudioSource({sound.sha256: sound.mp3}), at=at)  # type: ignore[assignment]
        async with pole:
            pole.hear(make_plan(make_order("sang", sound, after_s=60)))
            await asyncio.sleep(50)

            assert pole.said("sang") == ["received", "cached"]
            (file,) = (tmp_path / "audio").iterdir()
            assert file.stat().st_size == len(sound.mp3)

    run_simulated(story())


def test_a_part_that_is_too_long_is_begun_anew(tmp_path: Path) -> None:
    """As one that an earlier version took: it is neither hashed nor kept."""

    async def story() -> None:
        pole, sound = Pole(tmp_path), tone(3_000)
        pole.offer(sound)
        part = AudioStore(tmp_path / "audio").part(sound.sha256)
        with part.open("wb") as file:
            file.truncate(10**9)
        async with pole:
            pole.hear(make_plan(make_order("sang", sound, after_s=60)))
            await asyncio.sleep(50)

            assert pole.said("sang") == ["received", "cached"]
            assert pole.source.asked == [(sound.sha256, 0)]

    run_simulated(story())
