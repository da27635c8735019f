"""A loopback stand-in for the online voice's service: it answers in the service's own format."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

FRAME = ')]}}\'\n\n{size}\n[["wrb.fr","jQ1olc",{sound},null,null,null,"generic"]\n,["di",20]\n]\n'


def reply_with(mp3: bytes) -> bytes:
    """The service's answer that carries this MP3."""
    sound = json.dumps(json.dumps([base64.b64encode(mp3).decode()]))
    return FRAME.format(size=len(sound), sound=sound).encode()


@dataclass
class Service:
    """What the service answers, in this order and then for ever its last, and what it was asked."""

    answers: list[tuple[int, bytes]]
    heard: list[str] = field(default_factory=list)
    before_answer: Callable[[], None] = lambda: None
    url: str = ""

    def answer(self) -> tuple[int, bytes]:
        """The next answer."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def online(service: Service) -> Iterator[Service]:
    """Serves on loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked = json.loads(parse_qs(body)["f.req"][0])
            service.heard.append(json.loads(asked[0][0][1])[0])
            service.before_answer()
            status, content = service.answer()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        service.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
