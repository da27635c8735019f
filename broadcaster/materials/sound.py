"""Fetching an item's sound: from the hosts that an admin named, bounded in bytes and time."""

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from broadcaster import __version__
from broadcaster.alerts.feed_index import is_same_host
from broadcaster.bulletins.uploads import LARGEST_RECORDING_BYTES
from broadcaster.materials.errors import MaterialSoundUnusable, MaterialUnreachable
from broadcaster.outward import BoundedTransport

WHOLE_S = 180.0
_CONNECT_S, _READ_S = 5.0, 15.0
_MOST_REDIRECTS = 3
_SOUNDS = ("audio/", "application/octet-stream", "video/mp4")
"""Some hosts call an .m4a a video; whether it is a sound is seen when it is decoded."""


def fetch_sound(
    url: str,
    into: Path,
    *,
    feed_url: str,
    sound_host: str,
    now_s: Callable[[], float] = time.monotonic,
) -> None:
    """Write an item's sound into a file; raise MaterialSoundUnusable or MaterialUnreachable."""
    timeout = httpx.Timeout(_READ_S, connect=_CONNECT_S)
    headers = {"User-Agent": f"Loa/{__version__}", "Accept-Encoding": "identity"}
    ends_s = now_s() + WHOLE_S
    try:
        transport = BoundedTransport(whole_s=WHOLE_S, now_s=now_s)
        with httpx.Client(
            transport=transport, timeout=timeout, headers=headers, trust_env=False
        ) as client:
            for _ in range(_MOST_REDIRECTS + 1):
                if not is_allowed(url, feed_url=feed_url, sound_host=sound_host):
                    raise MaterialSoundUnusable("host", host=_host(url))
                led_on = _one(client, url, into, ends_s=ends_s, now_s=now_s)
                if led_on is None:
                    return
                url = led_on
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise MaterialUnreachable(type(error).__name__) from error
    raise MaterialUnreachable("too many redirects")


def is_allowed(url: str, *, feed_url: str, sound_host: str) -> bool:
    """Whether a sound may be fetched there: where its list lies, or by TLS at the named host."""
    if is_same_host(url, feed_url):
        return True
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    named = bool(sound_host) and parts.hostname == sound_host
    return named and parts.scheme == "https" and port in {None, 443}


def _one(
    client: httpx.Client, url: str, into: Path, *, ends_s: float, now_s: Callable[[], float]
) -> str | None:
    """None once the sound is there, or where it is said to lie."""
    size = 0
    with client.stream("GET", url) as answer, into.open("wb") as file:
        if answer.has_redirect_location:
            return urljoin(url, answer.headers["Location"])
        if answer.status_code != httpx.codes.OK:
            raise MaterialUnreachable(f"HTTP {answer.status_code}")
        kind = answer.headers.get("Content-Type", "application/octet-stream").lower()
        if not kind.startswith(_SOUNDS):
            raise MaterialSoundUnusable(kind[:100])
        for piece in answer.iter_raw():
            size += len(piece)
            if size > LARGEST_RECORDING_BYTES:
                raise MaterialSoundUnusable("too large")
            if now_s() > ends_s:
                raise MaterialUnreachable("too slow")
            file.write(piece)
    return None


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "")[:253]
    except ValueError:
        return ""
