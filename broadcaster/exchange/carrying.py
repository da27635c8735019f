"""Speaking with the province's system over HTTP: bounded in bytes and time, never led elsewhere.

What it is asked and how stands in the README: it is assumed, the official annexes do not tell.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from broadcaster import __version__
from broadcaster.alerts.feed_index import is_same_host
from broadcaster.bulletins.uploads import LARGEST_RECORDING_BYTES
from broadcaster.exchange.errors import (
    ForeignSoundUnusable,
    OfficeAnswersOddly,
    OfficeDenies,
    OfficeUnreachable,
)
from broadcaster.outward import BoundedTransport, taking

LARGEST_ANSWER_BYTES = 4 * 1024 * 1024
WHOLE_S = 20.0
"""How long one answer may take, however slowly its bytes come."""

SOUND_S = 120.0
LONGEST_CURSOR = 500
_CONNECT_S, _READ_S = 5.0, 10.0
_LONGEST_WAIT_S = 3600
_REFUSES = frozenset({400, 413, 415, 422})
_DENIES = frozenset({401, 403})
_HAS_IT = 409
_SOUNDS = ("audio/", "application/octet-stream")


@dataclass(frozen=True, slots=True)
class Inbox:
    """The documents that came after a cursor, and the cursor after them."""

    documents: Sequence[object]
    cursor: str


@contextmanager
def carrier(
    address: str,
    secret: str,
    *,
    source_id: str,
    mapping: int,
    now_s: Callable[[], float] = time.monotonic,
) -> "Iterator[Carrier]":
    """What speaks with the province's system, for as long as one round lasts."""
    headers = {
        "Authorization": f"Bearer {secret}",
        "User-Agent": f"Loa/{__version__}",
        "Accept-Encoding": "identity",
        "X-Nguon-ID": source_id.encode("ascii", "backslashreplace").decode(),
        "X-Phien-Ban": str(mapping),
    }
    timeout = httpx.Timeout(_READ_S, connect=_CONNECT_S)
    # Without the environment's proxies and passwords, and never led on: the secret goes nowhere
    # but to the address that an admin typed.
    with httpx.Client(
        transport=BoundedTransport(whole_s=WHOLE_S, now_s=now_s),
        headers=headers,
        timeout=timeout,
        trust_env=False,
        follow_redirects=False,
    ) as client:
        yield Carrier(client, address, now_s=now_s)


class Carrier:
    """One address, one secret."""

    def __init__(self, client: httpx.Client, address: str, *, now_s: Callable[[], float]) -> None:
        self._client = client
        self._address = address.rstrip("/")
        self.now_s = now_s

    def greet(self) -> None:
        """Ask whether it is there and knows us; raise OfficeUnreachable or one of its kinds."""
        told = self._json("GET", "/kiem-tra")
        if not isinstance(told, dict) or told.get("TraoDoi") != "he-thong-thong-tin-nguon":
            raise OfficeAnswersOddly("/kiem-tra")

    def deliver(self, kind: str, body: str, *, key: str) -> str:
        """Hand one message over; empty where it is taken, else what was said against it.

        Had it already is taken: the key is the same however often it is sent. Raises
        OfficeUnreachable or one of its kinds where it is to be sent again.
        """
        headers = {"Idempotency-Key": key, "Content-Type": "application/json; charset=utf-8"}
        status, content = self._ask("POST", f"/gui/{kind}", content=body.encode(), headers=headers)
        if status in _REFUSES:
            told = content[:300].decode("utf-8", "replace")
            return "".join(sign for sign in told if sign.isprintable())[:200] or f"HTTP {status}"
        if httpx.codes.is_success(status) or status == _HAS_IT:
            return ""
        raise OfficeUnreachable(f"HTTP {status}")

    def collect(self, cursor: str) -> Inbox:
        """What came after a cursor; raise OfficeUnreachable or one of its kinds."""
        told = self._json("GET", "/nhan", params={"sau": cursor})
        if not isinstance(told, dict):
            raise OfficeAnswersOddly("/nhan")
        documents, after = told.get("BanTin", []), told.get("Tiep", cursor)
        if isinstance(after, int) and not isinstance(after, bool):
            after = str(after)
        if not isinstance(documents, list) or not isinstance(after, str):
            raise OfficeAnswersOddly("/nhan")
        if len(after) > LONGEST_CURSOR or not after.isprintable():
            raise OfficeAnswersOddly("Tiep")
        return Inbox(documents, after)

    def fetch_sound(self, url: str, into: Path) -> None:
        """Write a bulletin's sound into a file, of this very host and not too large.

        Raises ForeignSoundUnusable or OfficeUnreachable.
        """
        if not is_same_host(url, self._address):
            raise ForeignSoundUnusable("another host")
        ends_s, size = self.now_s() + SOUND_S, 0
        try:
            with (
                self._client.stream("GET", url, extensions=taking(SOUND_S)) as answer,
                into.open("wb") as file,
            ):
                if answer.status_code != httpx.codes.OK:
                    raise OfficeUnreachable(f"HTTP {answer.status_code}")
                kind = answer.headers.get("Content-Type", "application/octet-stream")
                if not kind.startswith(_SOUNDS):
                    raise ForeignSoundUnusable(kind[:100])
                for piece in answer.iter_raw():
                    size += len(piece)
                    if size > LARGEST_RECORDING_BYTES:
                        raise ForeignSoundUnusable("too large")
                    if self.now_s() > ends_s:
                        raise OfficeUnreachable("too slow")
                    file.write(piece)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise OfficeUnreachable(str(error)[:200]) from error

    def _json(self, method: str, path: str, *, params: dict[str, str] | None = None) -> Any:  # noqa: ANN401 - any JSON
        status, content = self._ask(method, path, params=params)
        if status != httpx.codes.OK:
            raise OfficeAnswersOddly(f"HTTP {status}")
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise OfficeAnswersOddly(path) from error

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """A status that is an answer, and its bytes; raise OfficeUnreachable for all others."""
        ends_s, told = self.now_s() + WHOLE_S, bytearray()
        try:
            with self._client.stream(
                method, f"{self._address}{path}", params=params, content=content, headers=headers
            ) as answer:
                for piece in answer.iter_raw():
                    told += piece
                    if len(told) > LARGEST_ANSWER_BYTES:
                        raise OfficeAnswersOddly("too large")
                    if self.now_s() > ends_s:
                        raise OfficeUnreachable("too slow")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise OfficeUnreachable(type(error).__name__) from error
        status = answer.status_code
        if status in _DENIES:
            raise OfficeDenies(f"HTTP {status}")
        if status >= httpx.codes.INTERNAL_SERVER_ERROR or status == httpx.codes.TOO_MANY_REQUESTS:
            raise OfficeUnreachable(f"HTTP {status}", after_s=_after_s(answer))
        return status, bytes(told)


def _after_s(answer: httpx.Response) -> int:
    """When it wishes to be asked again; 0 where it does not say in seconds."""
    said = answer.headers.get("Retry-After", "")
    usable = said.isascii() and said.isdecimal() and len(said) <= 6
    return min(int(said), _LONGEST_WAIT_S) if usable else 0
