"""The default voice comes beside the running station, which waits for none of it."""

import fcntl
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from broadcaster.voices.arrival import (
    AGAIN_AFTER_S,
    BUSY_AFTER_S,
    ArrivalTold,
    Standing,
    WantedVoice,
    keep_asking,
    on_its_way,
    standing,
)
from playlists.speech.errors import SpeechError
from playlists.speech.installed_voice import InstalledVoice
from playlists.speech.voice_store import INCOMING, installed
from tests.playlists.speech.voices import (
    MODEL,
    Mirror,
    catalogue_of,
    laid_out,
    mirror_of,
    serving,
    voice_of,
)

NOBODY_THERE = "http://127.0.0.1:9/voices"


class Heard(ArrivalTold):
    """Keeps what was told."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.something = threading.Event()

    def arrived(self, voice: InstalledVoice) -> None:
        """It came."""
        self.told.append(voice.name)
        self.something.set()

    def failed(self, error: SpeechError) -> None:
        """It did not."""
        self.told.append(error.code)
        self.something.set()


@pytest.fixture
def into(tmp_path: Path) -> Path:
    """Where voices are installed."""
    return tmp_path / "voices"


@pytest.fixture
def mirror() -> Iterator[Mirror]:
    """A server that has the small voice."""
    with serving(mirror_of()) as served:
        yield served


def small(source: str | Path, into: Path) -> WantedVoice:
    """The small voice, wanted from there."""
    catalogue = catalogue_of(voice_of())
    return WantedVoice(name="vi-small", source=str(source), into=into, catalogue=catalogue)


def asking(
    wanted: WantedVoice,
    *,
    until: int = 1 << 30,
    before: Callable[[int], None] = lambda _number: None,
) -> tuple[list[str], list[float]]:
    """Asks until it came or `until` pauses were made; what was told, and the pauses."""
    heard, pauses, stopping = Heard(), [], threading.Event()

    def wait(seconds: float) -> bool:
        pauses.append(seconds)
        before(len(pauses))
        return len(pauses) >= until

    keep_asking(wanted, told=heard, stopping=stopping, wait=wait, jitter=lambda: 1.0)
    return heard.told, pauses


def test_it_comes_and_is_there_for_the_next_rendering(mirror: Mirror, into: Path) -> None:
    """Told once, and nothing is asked any more."""
    assert asking(small(mirror.url, into)) == (["vi-small"], [])
    assert [voice.name for voice in installed(into)] == ["vi-small"]


def test_without_a_network_it_asks_once_an_hour_and_says_so_once(into: Path) -> None:
    """Whoever sits before the console reads one line, not one an hour."""
    told, pauses = asking(small(NOBODY_THERE, into), until=3)

    assert told == ["voice_source_broken"]
    assert pauses == [AGAIN_AFTER_S] * 3


def test_it_comes_when_the_network_does(tmp_path: Path, into: Path) -> None:
    """A memory stick put in an hour later is found, as a network would be."""
    source = tmp_path / "source"

    def put_in(_number: int) -> None:
        laid_out(source)

    assert asking(small(source, into), before=put_in) == (
        ["voice_source_missing", "vi-small"],
        [AGAIN_AFTER_S],
    )


def test_a_line_that_breaks_is_gone_on_with(mirror: Mirror, into: Path) -> None:
    """What came is not fetched again."""
    mirror.cut_after = [200_000]

    told, pauses = asking(small(mirror.url, into))

    assert told == ["vi-small"]
    assert len(pauses) == 1
    assert mirror.asked[-1] == ("/base/vi/small/m.onnx", "bytes=200000-")


def test_a_wrong_file_is_not_fetched_every_hour(mirror: Mirror, into: Path) -> None:
    """It would only be wrong again."""
    mirror.files["/base/vi/small/m.onnx"] = MODEL[::-1]

    assert asking(small(mirror.url, into)) == (["voice_file_wrong"], [])


def test_whoever_installs_by_hand_is_not_disturbed(mirror: Mirror, into: Path) -> None:
    """The other's lock is waited for in silence."""
    wanted = small(mirror.url, into)
    (into / INCOMING).mkdir(parents=True)
    with (into / INCOMING / "vi-small.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        told, pauses = asking(wanted, until=1)

    assert (told, pauses) == ([], [BUSY_AFTER_S])
    assert asking(wanted)[0] == ["vi-small"]


def test_stopping_in_the_middle_leaves_a_beginning_to_go_on_with(
    mirror: Mirror, into: Path
) -> None:
    """The station's end is not delayed by what still comes."""
    mirror.cut_after = [200_000]
    told, pauses = asking(small(mirror.url, into), until=1)

    assert (told, len(pauses)) == ([], 1)
    assert (into / INCOMING / "vi-small" / "m.onnx").stat().st_size == 200_000
    assert asking(small(mirror.url, into))[0] == ["vi-small"]


def test_the_station_neither_waits_for_it_at_its_start_nor_at_its_end(into: Path) -> None:
    """Even when a server takes the request and never answers."""
    heard = Heard()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        wanted = small(f"http://127.0.0.1:{silent.getsockname()[1]}", into)
        begun = time.monotonic()
        with on_its_way(wanted, told=heard):
            started = time.monotonic() - begun
            asked, _ = silent.accept()
        ended = time.monotonic() - begun
        asked.close()
        _wait_until_ended("voice-arrival")

    assert started < 0.5
    assert ended < 5
    assert heard.told == []


def test_it_comes_while_something_else_is_done(mirror: Mirror, into: Path) -> None:
    """In a thread of its own."""
    heard = Heard()
    with on_its_way(small(mirror.url, into), told=heard):
        assert heard.something.wait(timeout=20)

    assert heard.told == ["vi-small"]


@dataclass(frozen=True, slots=True)
class Case:
    """What is so of a station and its default voice."""

    name: str = "vi-small"
    source: str = "https://voices.example"
    installed: bool = False
    automatic: bool = True
    piper_here: bool = True


@pytest.mark.parametrize(
    ("case", "stands"),
    [
        (Case(), Standing.ON_ITS_WAY),
        (Case(source=""), Standing.NO_SOURCE),
        (Case(installed=True), Standing.HERE),
        (Case(installed=True, source=""), Standing.HERE),
        (Case(automatic=False), Standing.NOT_WANTED),
        (Case(name=""), Standing.NOT_WANTED),
        (Case(piper_here=False), Standing.NO_PIPER),
        (Case(piper_here=False, installed=True), Standing.NO_PIPER),
    ],
)
def test_it_is_fetched_only_where_it_would_speak(case: Case, stands: Standing) -> None:
    """Not for a station that chose another voice, and not where no program could use it."""
    assert stands is standing(
        case.name,
        source=case.source,
        installed=case.installed,
        automatic=case.automatic,
        piper_here=case.piper_here,
    )


def _wait_until_ended(name: str) -> None:
    for thread in threading.enumerate():
        if thread.name == name:
            thread.join(timeout=20)
