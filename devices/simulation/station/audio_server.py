"""A rehearsal's audio over HTTP: `/audio/{sha256}.mp3`, in a thread of its own, on the loopback."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from devices.simulation.station.sounds import Sound


@dataclass
class Audio:
    """The files that are served; more may be added at any time."""

    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where devices find it."""
        return f"http://127.0.0.1:{self.port}"

    def add(self, sound: Sound) -> Sound:
        """Serve a sound from now on."""
        self.files[sound.sha256] = sound.mp3
        return sound


@contextmanager
def serve_audio() -> Iterator[Audio]:
    """Serve on a free port until the block ends."""
    audio = Audio()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(audio))
    server.daemon_threads = True
    audio.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, name="audio", daemon=True)
    thread.start()
    try:
        yield audio
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler_of(audio: Audio) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = audio.files.get(self.path.removeprefix("/audio/").removesuffix(".mp3"))
            if body is None:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            offset = _offset(self.headers.get("Range", ""))
            self.send_response(HTTPStatus.PARTIAL_CONTENT if offset else HTTPStatus.OK)
            if offset:
                self.send_header("Content-Range", f"bytes {offset}-{len(body) - 1}/{len(body)}")
            self.send_header("Content-Type", "audio/mpeg")
            self.send_header("Content-Length", str(max(0, len(body) - offset)))
            self.end_headers()
            self.wfile.write(body[offset:])

        def log_message(self, *_: object) -> None:
            """Say nothing: who fetched what shows at the device."""

    return Handler


def _offset(wanted: str) -> int:
    """Where an open-ended `bytes=N-` begins; anything else is answered with the whole file."""
    digits = wanted.removeprefix("bytes=").removesuffix("-")
    return int(digits) if digits.isdecimal() else 0
