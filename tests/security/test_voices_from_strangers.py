"""A catalogue or a server of voices that means harm: refused by name, in time, and nothing kept."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from time import process_time

import msgspec
import pytest

from playlists.speech.catalogue import read_catalogue
from playlists.speech.store_errors import VoiceStoreError
from playlists.speech.voice_store import install, installed

CATALOGUE = """
[[voice]]
name = "{name}"
title_vi = "Giọng"
title_en = "Voice"
engine = "piper"
language = "vi"
espeak_voice = "vi"
sample_rate_hz = 22050
path = "{path}"
licence = "CC0"
credit = "Nobody"
model = {{ name = "{model}", size_bytes = 1000, sha256 = ["{sha256}"] }}
config = {{ name = "{config}", size_bytes = 1000 }}
"""
GOOD = {
    "name": "vi_VN-small",
    "path": "vi/vi_VN/small",
    "model": "small.onnx",
    "config": "small.onnx.json",
    "sha256": "a" * 64,
}


def test_an_honest_catalogue_is_read() -> None:
    """What is refused below is refused for what it says."""
    assert read_catalogue(CATALOGUE.format(**GOOD)).find("vi_VN-small").path == "vi/vi_VN/small"


@pytest.mark.parametrize(
    "harm",
    [
        *({"name": name} for name in ("..", "../x", "a/b", ".incoming", "x\\n", "a" * 201, "")),
        *({"path": path} for path in ("../..", "/etc", "a/../b", "a//b", "a\\n", "a/.b", "~")),
        *({"path": "a" * length + "!"} for length in (40, 399, 30_000)),
        *({"model": name} for name in ("../x", ".x", "a/b", "receipt.json", "small.onnx.json")),
        {"config": "receipt.json"},
        {"sha256": "A" * 64},
    ],
    ids=lambda harm: repr(harm)[:40],
)
def test_a_hostile_catalogue_is_refused_at_once(harm: dict[str, str]) -> None:
    """No name leads out of the folder, none hides another, and none takes long to be judged."""
    began_s = process_time()

    with pytest.raises(msgspec.MsgspecError):
        read_catalogue(CATALOGUE.format(**{**GOOD, **harm}))

    assert process_time() - began_s < 1.0


class _Liar(BaseHTTPRequestHandler):
    """Answers every question with a piece of an endless file, or sends it elsewhere."""

    def do_GET(self) -> None:
        """Answer as the path of the base address says."""
        headers = {
            "digits": {"Content-Range": f"bytes 0-9/{'9' * 5_000}"},
            "words": {"Content-Range": "bytes a-b/c"},
            "file": {"Location": "file:///etc/passwd"},
            "round": {"Location": self.path},
        }[self.path.split("/")[1]]
        self.send_response(302 if "Location" in headers else 206)
        for name, value in {**headers, "Content-Length": "10"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"0123456789")

    def log_message(self, *_words: object) -> None:
        """Keep quiet."""


@pytest.fixture
def liar() -> Iterator[str]:
    """The address of a server that lies."""
    server = HTTPServer(("127.0.0.1", 0), _Liar)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("lie", ["digits", "words", "file", "round"])
def test_a_lying_server_is_refused_by_name(liar: str, lie: str, tmp_path: Path) -> None:
    """What it says of itself is no reason to stumble, and where it points nobody looks."""
    with pytest.raises(VoiceStoreError):
        install(
            "vi_VN-small",
            source=f"{liar}/{lie}",
            into=tmp_path,
            catalogue=read_catalogue(CATALOGUE.format(**GOOD)),
            wait=lambda _seconds: None,
            attempts=1,
        )

    assert installed(tmp_path) == ()
