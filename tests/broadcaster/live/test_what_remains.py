"""What remains of a talk whose recording fails, or whose microphone went before it began."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from fastapi import WebSocket, WebSocketDisconnect

from broadcaster.bulletins.tables import Bulletin, Rendition
from broadcaster.live import ending
from broadcaster.live.encoding import Source, recording_from, samples_from
from broadcaster.live.ending import UNMASTERED, end_talk, keep_what_was_said
from broadcaster.live.sender import Cancelled, wait_for_first_word
from broadcaster.live.shown import KEPT_WITHIN, NOTHING_SAID, WORDS_OF_END, talk_shown
from broadcaster.live.socket import _converse
from broadcaster.live.speaking import Because
from playlists.audio import ffmpeg
from playlists.audio.audio_errors import AudioError, NothingToHear
from playlists.audio.audio_store import AudioStore
from playlists.audio.recording_errors import RecordingUneven
from tests.broadcaster.live.studio import WITHIN, LiveStudio
from tests.broadcaster.live.test_talks import spoken


@pytest.fixture
def said(tmp_path: Path) -> Path:
    """Two seconds as they were sent."""
    path = tmp_path / "said.mp3"
    tone = ("-f", "lavfi", "-i", "sine=duration=2", "-ar", "24000", "-ac", "1", str(path))
    subprocess.run([ffmpeg.executable(), "-v", "error", *tone], check=True)
    return path


def ended(studio: LiveStudio, *, said_ms: int) -> str:
    """A talk that its source ended."""
    studio.permit()
    talk_id = spoken(studio)
    with studio.database.writing() as session:
        end_talk(
            session, talk_id,
            because="finished", said_ms=said_ms, end_within=WITHIN, now=studio.now(),
        )  # fmt: skip
    return talk_id


def kept(
    studio: LiveStudio, talk_id: str, said: Path, patch: pytest.MonkeyPatch, error: AudioError
) -> str | None:
    """What is kept where mastering fails so."""

    def fails(*_: object, **__: object) -> None:
        raise error

    patch.setattr(ending, "master_recording", fails)
    settings = studio.room.small.settings
    return keep_what_was_said(studio.database, settings, talk_id, mp3=said, now=studio.now())


def test_what_cannot_be_mastered_is_kept_as_it_was_sent(
    studio: LiveStudio, said: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the only copy; whoever approves it reads that its loudness was not set."""
    talk_id = ended(studio, said_ms=2_000)

    bulletin_id = kept(studio, talk_id, said, monkeypatch, RecordingUneven("-9 LUFS"))

    with studio.database.reading() as session:
        bulletin = session.get_one(Bulletin, bulletin_id)
        sound = session.get_one(Rendition, bulletin.rendition_id)
    assert UNMASTERED in bulletin.script
    store = AudioStore(studio.room.small.settings.audio_dir)
    assert store.path_of(sound.audio_sha256).read_bytes() == said.read_bytes()
    assert sound.duration_ms == 2_000


def test_silence_is_not_kept_and_the_page_says_so(
    studio: LiveStudio, said: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once the time is over in which a recording may still come."""
    talk_id = ended(studio, said_ms=2_000)
    assert kept(studio, talk_id, said, monkeypatch, NothingToHear()) is None

    with studio.database.reading() as session:
        talk = studio.talk(talk_id)
        assert not talk_shown(session, talk, now=studio.now()).is_unkept
        later = studio.now() + KEPT_WITHIN + timedelta(seconds=1)
        assert talk_shown(session, talk, now=later).is_unkept


def test_a_talk_without_a_word_is_not_called_spoken(studio: LiveStudio) -> None:
    """It ended with its microphone, before anything was said."""
    talk = studio.talk(ended(studio, said_ms=0))

    with studio.database.reading() as session:
        assert talk_shown(session, talk, now=studio.now()).end_words == NOTHING_SAID


def test_a_microphone_that_has_gone_is_seen_while_its_sound_still_waits() -> None:
    """What lies in the pipe hides nothing; a pipe that no person holds may end when it will."""
    read, write = os.pipe()
    with os.fdopen(read, "rb") as pipe:
        source = replace(samples_from(pipe, rate_hz=24_000), leaves=True)
        os.write(write, bytes(64))
        assert not source.is_gone
        os.close(write)
        assert source.is_gone
        assert not replace(source, leaves=False).is_gone


class Leaving:
    """A browser that says much, and leaves."""

    def __init__(self, messages: int) -> None:
        self.given: Iterator[bytes] = iter([bytes(65_536)] * messages)
        self.told: list[str] = []

    async def receive(self) -> dict[str, object]:
        """The next of its messages."""
        for samples in self.given:
            return {"type": "websocket.receive", "bytes": samples}
        raise WebSocketDisconnect

    async def send_text(self, text: str) -> None:
        """What it is told."""
        self.told.append(text)


READS_NOTHING = """
import select, sys
poll = select.poll()
poll.register(sys.stdin, 0)
poll.poll()
print("gone")
"""


def test_a_sender_that_reads_nothing_yet_still_sees_a_browser_go() -> None:
    """What it has no room for is left out; nobody waits for room."""

    async def talk() -> list[str]:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", READS_NOTHING),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        browser = Leaving(messages=40)
        await _converse(cast("WebSocket", browser), process)
        await process.wait()
        return browser.told

    assert asyncio.run(asyncio.wait_for(talk(), 60)) == ["gone"]


def waited(source: Source, *, opens_in: timedelta) -> tuple[list[object], list[float]]:
    """What is told while the poles open, and how long was slept; the clock moves as one sleeps."""
    told: list[object] = []
    slept: list[float] = []
    begins = datetime(2026, 11, 23, 5, tzinfo=UTC)
    wait_for_first_word(
        begins + opens_in,
        source=source,
        tell=lambda event, **facts: told.append((event, facts)),
        now=lambda: begins + timedelta(seconds=sum(slept)),
        sleep=slept.append,
    )
    return told, slept


def test_while_the_poles_open_it_is_told_how_long() -> None:
    """And nothing is slept beyond the first word."""
    told, slept = waited(recording_from("loi.wav"), opens_in=timedelta(seconds=2))

    assert told == [("signed", {"within_ms": 2_000})]
    assert sum(slept) == pytest.approx(2)


def test_who_leaves_while_the_poles_open_has_cancelled() -> None:
    """At once, not at the first word."""
    read, write = os.pipe()
    os.close(write)
    with os.fdopen(read, "rb") as pipe, pytest.raises(Cancelled):
        waited(
            replace(samples_from(pipe, rate_hz=24_000), leaves=True), opens_in=timedelta(seconds=2)
        )


def test_a_cancelled_talk_closes_what_was_opened_and_says_so(studio: LiveStudio) -> None:
    """Each pole that was told to open is told to stop; nothing counts as spoken."""
    studio.permit()
    talk_id = spoken(studio)
    studio.stop(talk_id)
    with studio.database.writing() as session:
        end_talk(
            session, talk_id,
            because=Because.CANCELLED, said_ms=0, end_within=WITHIN, now=studio.now(),
        )  # fmt: skip
    stops = [each for each in studio.sign() if each.stop]

    assert len(stops) == 2
    with studio.database.reading() as session:
        shown = talk_shown(session, studio.talk(talk_id), now=studio.now())
    assert shown.end_words == WORDS_OF_END[Because.CANCELLED]
