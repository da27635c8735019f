"""A programme's bytes over HTTPS, as one long answer or as HLS, from where it is allowed only.

Every address on the way is checked: each redirection, each file of a playlist, and the network
address that a name led to, before a byte is asked of it. Names may be made to lead anywhere; a
pole must not be a way into the network that it stands in, and neither must the station.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any
from urllib.parse import urljoin

import httpx

from devices.errors import RelayBroken, RelayUndecodable
from devices.reception.forms import without_tag
from devices.reception.hls import (
    PLAYLIST_LIMIT_BYTES,
    MediaPlaylist,
    is_playlist,
    read_media,
    variant_url,
)

REDIRECTIONS = 5
SEGMENT_LIMIT_BYTES = 20_000_000

Allows = Callable[[str, str | None], bool]
"""Whether a URL may be opened, and, where it is known, at this network address."""

Trace = Callable[[str, Mapping[str, Any]], Awaitable[None]]
"""What httpx tells of each step of a request, before the next one."""


class Reception:
    """One attempt to receive; `agent` is who asks."""

    def __init__(self, client: httpx.AsyncClient, allows: Allows, *, agent: str) -> None:
        self._client = client
        self._allows = allows
        self._headers = {"User-Agent": agent, "Accept-Encoding": "identity"}

    async def octets(self, url: str) -> AsyncGenerator[bytes, None]:
        """The programme's bytes, whichever way they come."""
        async with self._opened(url) as response:
            answer = response.aiter_raw(16_384)
            head = await anext(answer, b"")
            if not is_playlist(head):
                yield head
                async for data in answer:
                    yield data
                return
            text = await _rest(head, answer, limit_bytes=PLAYLIST_LIMIT_BYTES)
            base_url = str(response.url)
        async with aclosing(self._segments(_decoded(text), base_url)) as segments:
            async for data in segments:
                yield data

    async def _segments(self, text: str, base_url: str) -> AsyncGenerator[bytes, None]:
        """The files of a playlist one after the other, and of what it becomes."""
        variant = variant_url(text, base_url=base_url)
        if variant is not None:
            text, base_url = await self._playlist(variant)
        number: int | None = None
        opened: str | None = None
        while True:
            playlist = read_media(text, base_url=base_url)
            new = playlist.after(number)
            for segment in new:
                if segment.opening_url not in {None, opened} and segment.opening_url:
                    opened = segment.opening_url
                    yield await self._file(opened)
                yield without_tag(await self._file(segment.url))
                number = segment.number
            if playlist.has_ended:
                return
            await asyncio.sleep(_pause_s(playlist, has_news=bool(new)))
            text, base_url = await self._playlist(base_url)

    async def _playlist(self, url: str) -> tuple[str, str]:
        async with self._opened(url) as response:
            raw = await _rest(b"", response.aiter_raw(16_384), limit_bytes=PLAYLIST_LIMIT_BYTES)
            if not is_playlist(raw):
                raise RelayUndecodable("not a playlist")
            return _decoded(raw), str(response.url)

    async def _file(self, url: str) -> bytes:
        async with self._opened(url) as response:
            return await _rest(b"", response.aiter_raw(65_536), limit_bytes=SEGMENT_LIMIT_BYTES)

    @asynccontextmanager
    async def _opened(self, url: str) -> AsyncIterator[httpx.Response]:
        """An answer with sound in it, behind any redirections that are allowed."""
        for _ in range(REDIRECTIONS):
            if not self._allows(url, None):
                raise RelayBroken(f"not allowed: {url[:200]}")
            extensions = {"trace": self._checking(url)}
            request = self._client.build_request(
                "GET", url, headers=self._headers, extensions=extensions
            )
            response = await self._client.send(request, stream=True)
            try:
                if not response.has_redirect_location:
                    if response.status_code != httpx.codes.OK:
                        raise RelayBroken(f"HTTP {response.status_code}")
                    yield response
                    return
                url = urljoin(url, response.headers["Location"])
            finally:
                await response.aclose()
        raise RelayBroken("too many redirections")

    def _checking(self, url: str) -> Trace:
        async def check(event: str, facts: Mapping[str, Any]) -> None:
            """Look whom the name led to, before anything is said to him."""
            if event != "connection.connect_tcp.complete":
                return
            stream = facts["return_value"]
            peer = stream.get_extra_info("server_addr")
            if peer is None or not self._allows(url, peer[0]):
                await stream.aclose()
                raise RelayBroken(f"not allowed: {url[:200]} at {peer}")

        return check


async def _rest(head: bytes, answer: AsyncIterator[bytes], *, limit_bytes: int) -> bytes:
    whole = bytearray(head)
    async for data in answer:
        whole += data
        if len(whole) > limit_bytes:
            raise RelayUndecodable(f"more than {limit_bytes} bytes")
    return bytes(whole)


def _decoded(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").removeprefix("\ufeff")


def _pause_s(playlist: MediaPlaylist, *, has_news: bool) -> float:
    """How long to wait before looking again (RFC 8216 section 6.3.4)."""
    return playlist.target_s if has_news else playlist.target_s / 2
