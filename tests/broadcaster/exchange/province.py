"""A province's system on the loopback, over real HTTP: it keeps what it is given, by its key.

It can be away, hang up after it has taken something, answer slowly or oddly, or refuse: whatever
the test says of it. Nothing of it is real but what the README assumes.
"""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET = "khoa-cua-tinh-cap"


@dataclass
class Province:
    """What it holds, and how it behaves."""

    at: str = ""
    taken: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    """What it acknowledged or would have, by key: kind and document, in the order it came."""

    tries: Counter[str] = field(default_factory=Counter)
    documents: list[dict[str, Any]] = field(default_factory=list)
    sounds: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    hangs_up: bool = False
    """Take a play log that is sent, and break the connection instead of saying so."""

    refuses: set[str] = field(default_factory=set)
    greeting: dict[str, Any] = field(
        default_factory=lambda: {"TraoDoi": "he-thong-thong-tin-nguon"}
    )
    asked: list[str] = field(default_factory=list)
    told_secrets: list[str] = field(default_factory=list)

    def of(self, kind: str) -> list[dict[str, Any]]:
        """All of one kind that it holds, in the order in which it came."""
        return [document for each, document in self.taken.values() if each == kind]

    def answer(
        self, method: str, path: str, body: bytes, key: str
    ) -> tuple[int, bytes, str] | None:
        """Status, content and type; None where it hangs up."""
        parts = urlsplit(path)
        if self.status:
            return self.status, b"{}", "application/json"
        if method == "POST" and parts.path.startswith("/gui/"):
            return self._take(parts.path.removeprefix("/gui/"), body, key)
        if parts.path == "/kiem-tra":
            return 200, json.dumps(self.greeting).encode(), "application/json"
        if parts.path == "/nhan":
            after = int(parse_qs(parts.query).get("sau", ["0"])[0])
            told = self.documents[after : after + 10]
            answer = {"BanTin": told, "Tiep": str(after + len(told))}
            return 200, json.dumps(answer).encode(), "application/json"
        found = self.sounds.get(parts.path)
        return (200, *found) if found else (404, b"", "text/plain")

    def _take(self, kind: str, body: bytes, key: str) -> tuple[int, bytes, str] | None:
        self.tries[key] += 1
        if kind in self.refuses:
            return 422, "Thiếu trường ở tỉnh".encode(), "text/plain"
        known = key in self.taken
        self.taken.setdefault(key, (kind, json.loads(body)))
        if self.hangs_up and kind == "play":
            return None
        return 409 if known else 201, b"", "application/json"


@contextmanager
def province_running() -> Iterator[Province]:
    """Serve until the end of the block."""
    province = Province()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer("GET")

        def do_POST(self) -> None:
            self._answer("POST")

        def _answer(self, method: str) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            province.asked.append(f"{method} {self.path}")
            secret = self.headers.get("Authorization", "")
            province.told_secrets.append(secret)
            key = self.headers.get("Idempotency-Key", "")
            known = secret == f"Bearer {SECRET}"
            answer = (
                province.answer(method, self.path, body, key) if known else (401, b"", "text/plain")
            )
            if answer is None:
                self.close_connection = True
                return
            status, content, kind = answer
            self.send_response(status)
            for name, value in province.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    province.at = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield province
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
