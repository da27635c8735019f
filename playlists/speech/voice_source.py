"""Where a voice's files come from: a folder, or a base address over HTTP that can be resumed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx

from playlists.speech.store_errors import VoiceSourceBroken, VoiceSourceMissing

CHUNK_BYTES = 1 << 18
CONNECT_TIMEOUT_S = 15.0
READ_TIMEOUT_S = 30.0
_RANGE = re.compile(r"bytes (?P<start>\d{1,18})-\d{1,18}/(?P<total>\d{1,18})")
_TRY_AGAIN = {408, 425, 429}


@dataclass(frozen=True, slots=True)
class Download:
    """Bytes on their way: the first is number `offset` of a file of `total`, None if unsaid."""

    offset: int
    total: int | None
    chunks: Iterator[bytes]


class VoiceSource(Protocol):
    """Gives files by path and name."""

    @contextmanager
    def open(self, path: str, name: str, *, offset: int) -> Iterator[Download]:
        """The file from `offset` on, or from its beginning where that cannot be had.

        Raises VoiceSourceMissing, or VoiceSourceBroken, also while the chunks are read.
        """
        ...


class FolderSource:
    """A folder laid out like the published one, or with all files side by side."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def open(self, path: str, name: str, *, offset: int) -> Iterator[Download]:
        """The file from `offset` on. Raises VoiceSourceMissing or VoiceSourceBroken."""
        places = [self._folder / path / name, self._folder / name]
        found = next((place for place in places if place.is_file()), None)
        if found is None:
            raise VoiceSourceMissing(f"{places[0]} is not there")
        try:
            with found.open("rb") as file:
                file.seek(offset)
                chunks = iter(lambda: file.read(CHUNK_BYTES), b"")
                yield Download(offset=offset, total=found.stat().st_size, chunks=chunks)
        except PermissionError as error:
            raise VoiceSourceMissing(str(error)) from error


class HttpSource:
    """A base address over HTTP(S); what comes is proven by its hash, not by where it comes from."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)

    @contextmanager
    def open(self, path: str, name: str, *, offset: int) -> Iterator[Download]:
        """The file from `offset` on, or from its beginning where the server does not resume.

        Raises VoiceSourceMissing, or VoiceSourceBroken, also while the chunks are read.
        """
        url = "/".join(part for part in (self._base_url, path, name) if part)
        headers = {"Accept-Encoding": "identity"}
        if offset:
            headers["Range"] = f"bytes={offset}-"
        try:
            with httpx.stream(
                "GET", url, headers=headers, timeout=self._timeout, follow_redirects=True
            ) as reply:
                yield _download(reply)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise VoiceSourceMissing(str(error)) from error
        except httpx.HTTPError as error:
            raise VoiceSourceBroken(f"{type(error).__name__}: {error}") from error


def source_at(source: str | Path) -> VoiceSource:
    """A base address that begins with http:// or https://, or else a folder."""
    if isinstance(source, str) and source.startswith(("http://", "https://")):
        return HttpSource(source)
    return FolderSource(Path(source))


def _download(reply: httpx.Response) -> Download:
    length, said = reply.headers.get("Content-Length"), reply.headers.get("Content-Range", "")
    part = _RANGE.fullmatch(said)
    if reply.status_code == httpx.codes.OK:
        total = int(length) if length else None
        return Download(offset=0, total=total, chunks=reply.iter_raw())
    if reply.status_code == httpx.codes.PARTIAL_CONTENT and part:
        return Download(
            offset=int(part["start"]), total=int(part["total"]), chunks=reply.iter_raw()
        )
    why = f"the server answered {reply.status_code} {said}"
    if reply.is_server_error or reply.status_code in _TRY_AGAIN:
        raise VoiceSourceBroken(why)
    raise VoiceSourceMissing(why)
