"""A host that publishes alerts, on the loopback: what it answers is the test's to say."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """One document, or one way of refusing it."""

    content: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Publisher:
    """What the host has at each path, and which paths were asked for with which marks."""

    at: str = ""
    has: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def url(self, path: str) -> str:
        """A path's address."""
        return f"{self.at}{path}"


@contextmanager
def publishing() -> Iterator[Publisher]:
    """Serve until the end of the block."""
    publisher = Publisher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            marks = self.headers.get("If-None-Match") or self.headers.get("If-Modified-Since", "")
            publisher.asked.append((self.path, marks))
            answer = publisher.has.get(self.path, Answer(status=404))
            etag = answer.headers.get("ETag")
            if etag is not None and marks == etag:
                answer = Answer(status=304)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    publisher.at = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield publisher
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
