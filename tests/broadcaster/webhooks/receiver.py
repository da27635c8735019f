"""A system on the loopback that is told of events: how it answers is the test's to say."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec

HANG = 0
"""In place of a status: no answer at all, until the receiver is closed."""


@dataclass
class Got:
    """One delivery as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:  # noqa: ANN401 - whatever JSON holds
        """The event."""
        return msgspec.json.decode(self.body)


@dataclass
class Receiver:
    """What came, and what is answered: the next of `answers`, 204 when none is left.

    At the path `hangs_at` nothing is ever answered.
    """

    at: str = ""
    got: list[Got] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    hangs_at: str = ""
    closing: threading.Event = field(default_factory=threading.Event)

    def types(self) -> list[str]:
        """The kinds of events that came."""
        return [each.told["type"] for each in self.got]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Receive until the end of the block."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.got.append(Got(self.path, headers, body))
            status = receiver.answers.pop(0) if receiver.answers else 204
            if status == HANG or self.path == receiver.hangs_at:
                receiver.closing.wait()
                return
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{receiver.at}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.at = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        receiver.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()
