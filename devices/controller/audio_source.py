"""Where audio comes from: the port, the station over HTTP, and a stand-in holding files itself."""

import re
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from devices.controller.tls import tls_context
from devices.errors import AudioFetchFailed

_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)\Z")
_TIMEOUT = httpx.Timeout(30.0, connect=10.0)


@dataclass(frozen=True, slots=True)
class Block:
    """Some bytes of a file and where they belong in it."""

    offset: int
    data: bytes


class AudioSource(Protocol):
    """Fetches audio by its hash. Nobody believes what it yields before it is hashed."""

    def fetch(self, sha256: str, *, offset: int) -> AsyncGenerator[Block, None]:
        """Yield the file from `offset` on, or from its start where the source cannot resume.

        Raises AudioFetchFailed at any block.
        """
        ...


SourceAt = Callable[[str], AudioSource]
"""What fetches from the station that is at an address."""


class HttpAudioSource:
    """The station's `/audio/{sha256}.mp3`, resumed by Range (RFC 9110 section 14)."""

    def __init__(self, *, station_url: str, ca_pem: str | None = None) -> None:
        self._station_url = station_url.rstrip("/")
        # A proxy named in the environment must not stand between a pole and its station. Making
        # a TLS context takes 10 ms and a megabyte, so only whoever needs one has one.
        verify = tls_context(ca_pem) if station_url.startswith("https:") else False
        self._client = httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False, verify=verify)

    async def fetch(self, sha256: str, *, offset: int) -> AsyncGenerator[Block, None]:
        """Yield the file's blocks."""
        headers = {"Range": f"bytes={offset}-"} if offset else {}
        url = f"{self._station_url}/audio/{sha256}.mp3"
        try:
            async with self._client.stream("GET", url, headers=headers) as response:
                at = _begins_at(response)
                # As it comes: a block that were gathered first would be lost with the connection.
                async for data in response.aiter_bytes():
                    yield Block(offset=at, data=data)
                    at += len(data)
        except httpx.HTTPError as error:
            raise AudioFetchFailed(f"{type(error).__name__}: {error}") from error

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()


class MovingAudioSource:
    """The station's audio where its configuration says that the station is now.

    Until a configuration says so, where it was at enrolment (contract 5.2).
    """

    def __init__(self, first: AudioSource, *, at: SourceAt, told: Callable[[], str | None]) -> None:
        self._first = first
        self._at = at
        self._told = told
        self._there: dict[str, AudioSource] = {}

    async def fetch(self, sha256: str, *, offset: int) -> AsyncGenerator[Block, None]:
        """Yield the file's blocks."""
        async with aclosing(self._present().fetch(sha256, offset=offset)) as blocks:
            async for block in blocks:
                yield block

    def _present(self) -> AudioSource:
        url = self._told()
        if url is None:
            return self._first
        if url not in self._there:
            # A station moves once in years: what was opened for an address before is let go.
            self._there = {url: self._at(url)}
        return self._there[url]


def _begins_at(response: httpx.Response) -> int:
    """Where in the file the answer begins; raise AudioFetchFailed when it is no audio."""
    if response.status_code == httpx.codes.OK:
        return 0
    content_range = _CONTENT_RANGE.match(response.headers.get("Content-Range", ""))
    if response.status_code == httpx.codes.PARTIAL_CONTENT and content_range:
        return int(content_range[1])
    raise AudioFetchFailed(f"HTTP {response.status_code}")


@dataclass
class HeldAudioSource:
    """A source that holds its files, breaks off where told, and remembers what was asked."""

    files: Mapping[str, bytes]
    break_after_bytes: list[int] = field(default_factory=list)
    asked: list[tuple[str, int]] = field(default_factory=list)

    async def fetch(self, sha256: str, *, offset: int) -> AsyncGenerator[Block, None]:
        """Yield the held bytes; each entry of `break_after_bytes` ends one fetch early."""
        self.asked.append((sha256, offset))
        if sha256 not in self.files:
            raise AudioFetchFailed("HTTP 404")
        rest = self.files[sha256][offset:]
        if not self.break_after_bytes:
            yield Block(offset=offset, data=rest)
            return
        yield Block(offset=offset, data=rest[: self.break_after_bytes.pop(0)])
        raise AudioFetchFailed("connection lost")
