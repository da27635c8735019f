"""Audio comes over HTTP from the offset asked for, and what is no audio is an error."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from devices.controller.audio_source import Block, HttpAudioSource
from devices.errors import AudioFetchFailed
from tests.devices.station import AudioServer, audio_server

SHA256 = "ab" * 32


async def gather(blocks: AsyncGenerator[Block, None]) -> tuple[int, bytes]:
    """Where it began and all that came."""
    taken = [block async for block in blocks]
    return taken[0].offset, b"".join(block.data for block in taken)


def fetch(url: str, *, offset: int) -> tuple[int, bytes]:
    """Fetch to the end."""

    async def once() -> tuple[int, bytes]:
        source = HttpAudioSource(station_url=url)
        try:
            return await gather(source.fetch(SHA256, offset=offset))
        finally:
            await source.close()

    return asyncio.run(once())


def serving(audio: AudioServer) -> str:
    """The station's address, with a file of 200 kB."""
    audio.files[SHA256] = bytes(range(250)) * 800
    return f"http://127.0.0.1:{audio.port}/"


def test_a_whole_file_comes_from_its_start() -> None:
    """Without an offset, no Range is asked for."""
    with audio_server() as audio:
        assert fetch(serving(audio), offset=0) == (0, audio.files[SHA256])
        assert audio.requests == [(f"/audio/{SHA256}.mp3", None)]


def test_a_rest_comes_from_its_offset() -> None:
    """RFC 9110 section 14: bytes from the offset to the end."""
    with audio_server() as audio:
        assert fetch(serving(audio), offset=123_456) == (123_456, audio.files[SHA256][123_456:])
        assert audio.requests == [(f"/audio/{SHA256}.mp3", "bytes=123456-")]


def test_a_server_without_range_begins_anew() -> None:
    """The blocks then say that they are from the start."""
    with audio_server() as audio:
        url = serving(audio)
        audio.knows_range = False
        assert fetch(url, offset=1_000) == (0, audio.files[SHA256])


def test_an_unknown_file_is_an_error() -> None:
    """404 is no audio."""
    with audio_server() as audio, pytest.raises(AudioFetchFailed, match="HTTP 404"):
        fetch(f"http://127.0.0.1:{audio.port}", offset=0)


def test_a_connection_that_breaks_is_an_error() -> None:
    """A body shorter than announced is not taken for the whole."""
    with audio_server() as audio:
        url = serving(audio)
        audio.breaks_after_bytes = 100_000
        with pytest.raises(AudioFetchFailed):
            fetch(url, offset=0)


def test_a_station_that_is_not_there_is_an_error() -> None:
    """Nothing listens on port 1."""
    with pytest.raises(AudioFetchFailed, match="ConnectError"):
        fetch("http://127.0.0.1:1", offset=0)
