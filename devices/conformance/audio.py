"""Serves the suite's audio over HTTP, rightly and, where a point asks for it, wrongly."""

import http.server
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from devices.conformance.sounds import Sound

_PATH = re.compile(r"/audio/([0-9a-f]{64})\.mp3\Z")
_RANGE = re.compile(r"bytes=(\d+)-\Z")


@dataclass(frozen=True, slots=True)
class Fetch:
    """One request for a file."""

    sha256: str
    offset: int
    at_s: float
    port: int


@dataclass
class AudioHouse:
    """Which files there are, and what happens to whoever asks for them."""

    files: dict[str, bytes] = field(default_factory=dict)
    break_once_after: dict[str, int] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    fetches: list[Fetch] = field(default_factory=list)

    def add(self, sound: Sound) -> Sound:
        """Serve it from now on."""
        self.files[sound.sha256] = sound.mp3
        return sound

    def of(self, sha256: str) -> list[Fetch]:
        """The requests for one file."""
        return [fetch for fetch in self.fetches if fetch.sha256 == sha256]


@contextmanager
def serve_audio(house: AudioHouse, *, host: str, port: int = 0) -> Iterator[int]:
    """Serve the house's files, in a thread of its own; by default at a free port, which is told."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            _answer(self, house)

        def log_message(self, *_: object) -> None:
            """Say nothing: the table is the only thing to read."""

    server = http.server.ThreadingHTTPServer((host, port), Handler)
    thread = threading.Thread(target=server.serve_forever, name="audio", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(request: http.server.BaseHTTPRequestHandler, house: AudioHouse) -> None:
    path = _PATH.match(request.path)
    if path is None:
        request.send_error(404)
        return
    sha256 = path[1]
    wanted = _RANGE.match(request.headers.get("Range", ""))
    offset = int(wanted[1]) if wanted else 0
    port: int = request.connection.getsockname()[1]
    house.fetches.append(Fetch(sha256=sha256, offset=offset, at_s=time.monotonic(), port=port))
    if sha256 in house.moved:
        request.send_response(302)
        request.send_header("Location", house.moved[sha256])
        request.send_header("Content-Length", "0")
        request.end_headers()
        return
    body = house.files.get(sha256)
    if body is None or offset >= len(body):
        request.send_error(404 if body is None else 416)
        return
    _send(request, body, offset=offset, until=house.break_once_after.pop(sha256, None))


def _send(
    request: http.server.BaseHTTPRequestHandler, body: bytes, *, offset: int, until: int | None
) -> None:
    request.send_response(206 if offset else 200)
    if offset:
        request.send_header("Content-Range", f"bytes {offset}-{len(body) - 1}/{len(body)}")
    request.send_header("Content-Type", "audio/mpeg")
    request.send_header("Content-Length", str(len(body) - offset))
    request.end_headers()
    request.wfile.write(body[offset:until])
    request.close_connection = until is not None
