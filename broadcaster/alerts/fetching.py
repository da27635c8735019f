"""Fetching what a feed offers: bounded in bytes and in time, and never led to another host."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from broadcaster import __version__
from broadcaster.alerts.errors import AlertTooLarge, FeedUnreachable
from broadcaster.alerts.feed_index import is_same_host
from broadcaster.alerts.safe_xml import LARGEST_BYTES
from broadcaster.outward import BoundedTransport

_CONNECT_S, _READ_S = 5.0, 5.0
WHOLE_S = 15.0
"""How long one document may take, however slowly its bytes come."""

_MOST_REDIRECTS = 3
_LONGEST_TAG = 300


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document and how its host marks its version; None where it is as it was."""

    content: bytes | None
    etag: str = ""
    last_modified: str = ""


@contextmanager
def fetcher(now_s: Callable[[], float] = time.monotonic) -> "Iterator[Fetcher]":
    """What fetches, for as long as one round of polling lasts."""
    timeout = httpx.Timeout(_READ_S, connect=_CONNECT_S)
    agent = {"User-Agent": f"Loa/{__version__}", "Accept-Encoding": "identity"}
    transport = BoundedTransport(whole_s=WHOLE_S, now_s=now_s)
    # Without the environment's proxies and passwords: what an admin typed is what is asked.
    with httpx.Client(
        transport=transport, timeout=timeout, headers=agent, trust_env=False
    ) as client:
        yield Fetcher(client, now_s=now_s)


class Fetcher:
    """Asks one host at a time."""

    def __init__(self, client: httpx.Client, *, now_s: Callable[[], float]) -> None:
        self._client = client
        self.now_s = now_s

    def get(self, url: str, *, etag: str = "", last_modified: str = "") -> Fetched:
        """The document, unless it is the one that these marks name.

        Raises FeedUnreachable or AlertTooLarge.
        """
        asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in asked.items() if value}
        ends_s = self.now_s() + WHOLE_S
        for _ in range(_MOST_REDIRECTS + 1):
            try:
                answer = self._one(url, headers, ends_s=ends_s)
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise FeedUnreachable(str(error)[:200]) from error
            if isinstance(answer, Fetched):
                return answer
            if not is_same_host(answer, url):
                raise FeedUnreachable(f"redirected to {answer[:100]}")
            if self.now_s() > ends_s:
                raise FeedUnreachable("too slow")
            url = answer
        raise FeedUnreachable("too many redirects")

    def _one(self, url: str, headers: Mapping[str, str], *, ends_s: float) -> Fetched | str:
        """The document, or where it is said to lie."""
        with self._client.stream("GET", url, headers=headers) as answer:
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                return Fetched(None)
            if answer.has_redirect_location:
                return str(answer.url.join(answer.headers["Location"]))
            if answer.status_code != httpx.codes.OK:
                raise FeedUnreachable(f"HTTP {answer.status_code}")
            # What was asked for is not packed; unpacked it might be far more than it seems.
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise FeedUnreachable("encoded")
            content = bytearray()
            for piece in answer.iter_bytes():
                content += piece
                if len(content) > LARGEST_BYTES:
                    raise AlertTooLarge(field="url")
                if self.now_s() > ends_s:
                    raise FeedUnreachable("too slow")
            return Fetched(
                bytes(content),
                etag=answer.headers.get("ETag", "")[:_LONGEST_TAG],
                last_modified=answer.headers.get("Last-Modified", "")[:_LONGEST_TAG],
            )
