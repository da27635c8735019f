"""What a process does once for all its devices: decoding, hashing, fetching."""

import asyncio
import errno
import hashlib
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest

from devices.controller.audio_source import AudioSource, Block, HeldAudioSource
from devices.controller.audio_store import AudioStore
from devices.controller.decoder import Mp3Decoder
from devices.errors import AudioFetchFailed, AudioUndecodable
from devices.simulation.crowd.decoding import SharedDecoder
from devices.simulation.crowd.files import KnownHashes, state_of
from devices.simulation.crowd.pantry import HandedOver, LinkedStore, Pantry
from devices.simulation.faults.conditions import Conditions
from devices.simulation.faults.kinds import FaultKind
from devices.simulation.station.sounds import silence
from tests.devices.simulation.faults.weather import under
from tests.devices.sounds import tone


class CountingDecoder(Mp3Decoder):
    """The real one, which counts what it is asked for."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    def probe(self, path: Path) -> None:
        """Count."""
        self.asked["probe"] += 1
        super().probe(path)

    def sample_rate_hz(self, path: Path) -> int:
        """Count."""
        self.asked["rate"] += 1
        return super().sample_rate_hz(path)

    def decode(
        self, path: Path, *, rate_hz: int, chunk_ms: int, skip_samples: int = 0
    ) -> Iterator[bytes]:
        """Count each piece that is really decoded."""
        for pcm in super().decode(
            path, rate_hz=rate_hz, chunk_ms=chunk_ms, skip_samples=skip_samples
        ):
            self.asked["pieces"] += 1
            yield pcm


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two seconds of a tone."""
    path = tmp_path / "tone.mp3"
    path.write_bytes(tone(2_000).mp3)
    return path


def decoded(decoder: SharedDecoder, path: Path, *, skip_samples: int = 0) -> bytes:
    """All samples of a file, in pieces of 500 ms."""
    return b"".join(decoder.decode(path, rate_hz=24_000, chunk_ms=500, skip_samples=skip_samples))


def test_a_file_is_decoded_once_for_all_who_play_it(file: Path) -> None:
    """Whole and from anywhere in it the samples are the real decoder's."""
    counting = CountingDecoder()
    shared = SharedDecoder(counting)
    link = file.with_name("link.mp3")
    link.hardlink_to(file)
    whole = decoded(shared, file)
    pieces = counting.asked["pieces"]

    assert whole == b"".join(Mp3Decoder().decode(file, rate_hz=24_000, chunk_ms=500))
    assert decoded(shared, link) == whole
    assert decoded(shared, link, skip_samples=13_000) == whole[26_000:]
    assert decoded(shared, file, skip_samples=10_000_000) == b""
    assert counting.asked["pieces"] == pieces
    for path in (file, link):
        shared.probe(path)
        assert shared.sample_rate_hz(path) == 24_000
    assert (counting.asked["probe"], counting.asked["rate"]) == (1, 1)


def test_two_who_play_at_once_hear_the_same(file: Path) -> None:
    """Piece by piece, whoever is ahead."""
    shared = SharedDecoder(Mp3Decoder())
    first = shared.decode(file, rate_hz=24_000, chunk_ms=500)
    second = shared.decode(file, rate_hz=24_000, chunk_ms=500)

    assert next(first) == next(second)
    assert next(second) == next(first)
    assert b"".join(first) == b"".join(second)


def test_whose_copy_rotted_hears_what_rotted(file: Path) -> None:
    """Other bytes under the same name are another file."""
    shared = SharedDecoder(Mp3Decoder())
    decoded(shared, file)
    file.write_bytes(b"no sound")

    with pytest.raises(AudioUndecodable):
        shared.probe(file)


def test_what_nobody_plays_any_more_is_forgotten(tmp_path: Path) -> None:
    """The longest unused first; whoever still plays it goes on."""
    counting = CountingDecoder()
    shared = SharedDecoder(counting, kept_bytes=100_000)
    paths = [tmp_path / f"{number}.mp3" for number in range(3)]
    for number, path in enumerate(paths):
        path.write_bytes(silence(2_000, title=str(number)).mp3)
    playing = shared.decode(paths[0], rate_hz=24_000, chunk_ms=500)
    next(playing)
    for path in paths:
        decoded(shared, path)
    pieces = counting.asked["pieces"]
    decoded(shared, paths[2])
    assert counting.asked["pieces"] == pieces
    decoded(shared, paths[0])

    assert counting.asked["pieces"] > pieces
    assert len(b"".join(playing)) == 2 * (2_016 - 500) * 24


def test_a_file_is_hashed_once_however_many_ask_at_once(file: Path) -> None:
    """And again when it has changed; whoever gives up leaves the others their answer."""
    asked: list[Path] = []

    async def hash_of(path: Path) -> str:
        asked.append(path)
        await asyncio.sleep(0.01)
        return hash_now(path)

    async def story() -> None:
        hashes = KnownHashes(hash_of)
        impatient = asyncio.create_task(hashes.of(file))
        others = [asyncio.create_task(hashes.of(file)) for _ in range(5)]
        await asyncio.sleep(0)
        impatient.cancel()
        assert set(await asyncio.gather(*others)) == {tone(2_000).sha256}
        assert len(asked) == 1
        before = state_of(file)
        overwrite(file, b"other bytes")
        assert state_of(file) != before
        assert await hashes.of(file) == hashlib.sha256(b"other bytes").hexdigest()

    asyncio.run(story())


def hash_now(path: Path) -> str:
    """The hash of what is there."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def overwrite(path: Path, data: bytes) -> None:
    """Put other bytes there."""
    path.write_bytes(data)


SOUND = silence(3_000, title="một")


class Box:
    """A device's folder and its way to the pantry."""

    def __init__(
        self,
        folder: Path,
        pantry: Pantry,
        source: AudioSource,
        conditions: Conditions | None = None,
    ) -> None:
        self.store = LinkedStore(folder)
        self.source = HandedOver(
            pantry, source=source, store=self.store, conditions=conditions or Conditions()
        )

    async def gather(self, sha256: str) -> list[Block]:
        """What a fetcher does: open the part, write what comes, adopt it."""
        blocks = []
        with self.store.part(sha256).open("wb") as file:
            async for block in self.source.fetch(sha256, offset=0):
                file.seek(block.offset)
                file.write(block.data)
                blocks.append(block)
        return blocks


def test_audio_is_fetched_once_and_linked_for_each(tmp_path: Path) -> None:
    """Ten devices, one request, one inode; a device's own file can go without harm."""

    async def story() -> None:
        source = HeldAudioSource({SOUND.sha256: SOUND.mp3})
        pantry = Pantry(AudioStore(tmp_path / "pantry"), source)
        boxes = [Box(tmp_path / f"{number}", pantry, source) for number in range(10)]
        fetched = await asyncio.gather(*(box.gather(SOUND.sha256) for box in boxes))
        assert fetched == [[]] * 10
        assert source.asked == [(SOUND.sha256, 0)]
        for box in boxes:
            assert await box.store.adopt(SOUND.sha256)
        states = {state_of(box.store.path(SOUND.sha256)) for box in boxes}
        assert len(states) == 1
        boxes[0].store.path(SOUND.sha256).unlink()
        assert await boxes[1].store.is_good(SOUND.sha256)

    asyncio.run(story())


def test_behind_a_bad_line_the_bytes_themselves_come(tmp_path: Path) -> None:
    """So that they can be slowed or spoilt; the pantry's own file is never touched."""

    async def story() -> None:
        source = HeldAudioSource({SOUND.sha256: SOUND.mp3})
        pantry = Pantry(AudioStore(tmp_path / "pantry"), source)
        box = Box(tmp_path / "box", pantry, source, under(FaultKind.CORRUPT_DOWNLOAD))
        blocks = await box.gather(SOUND.sha256)
        assert b"".join(block.data for block in blocks) == SOUND.mp3
        assert await box.store.adopt(SOUND.sha256)
        assert box.store.path(SOUND.sha256).stat().st_nlink == 1

    asyncio.run(story())


def test_a_full_disk_takes_no_audio(tmp_path: Path) -> None:
    """As the system says it."""

    async def story() -> None:
        source = HeldAudioSource({SOUND.sha256: SOUND.mp3})
        pantry = Pantry(AudioStore(tmp_path / "pantry"), source)
        box = Box(tmp_path / "box", pantry, source, under(FaultKind.DISK_FULL))
        with pytest.raises(OSError, match="No space left") as refused:
            await box.gather(SOUND.sha256)
        assert refused.value.errno == errno.ENOSPC

    asyncio.run(story())


def test_what_the_station_does_not_have_fails_for_each(tmp_path: Path) -> None:
    """And is asked for anew the next time."""

    async def story() -> None:
        source = HeldAudioSource({})
        pantry = Pantry(AudioStore(tmp_path / "pantry"), source)
        box = Box(tmp_path / "box", pantry, source)
        for _ in range(2):
            with pytest.raises(AudioFetchFailed, match="404"):
                await box.gather(SOUND.sha256)
        source.files = {SOUND.sha256: SOUND.mp3}
        assert await box.gather(SOUND.sha256) == []

    asyncio.run(story())


def test_what_is_not_what_its_name_says_each_device_sees_for_itself(tmp_path: Path) -> None:
    """The station's bytes come through unshared, and the device refuses them."""

    async def story() -> None:
        source = HeldAudioSource({SOUND.sha256: b"other"})
        pantry = Pantry(AudioStore(tmp_path / "pantry"), source)
        box = Box(tmp_path / "box", pantry, source)
        assert [block.data for block in await box.gather(SOUND.sha256)] == [b"other"]
        assert not await box.store.adopt(SOUND.sha256)

    asyncio.run(story())


def test_audio_without_end_is_not_taken(tmp_path: Path) -> None:
    """More than any audio may be."""

    class Endless:
        async def fetch(self, _: str, *, offset: int) -> AsyncGenerator[Block, None]:
            """A block far behind the largest end."""
            yield Block(offset=offset + 10**9, data=b"x")

    async def story() -> None:
        pantry = Pantry(AudioStore(tmp_path / "pantry"), Endless())
        with pytest.raises(AudioFetchFailed, match="longer"):
            await pantry.whole("0" * 64)

    asyncio.run(story())
