"""A broadcaster of the tests' own: HTTPS on the loopback, with a certificate that nobody knows."""

import http.server
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import imageio_ffmpeg
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

Respond = Callable[[http.server.BaseHTTPRequestHandler], None]
FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()


@dataclass
class HttpsRadio:
    """What it answers under each path, and what it was asked."""

    tls: ssl.SSLContext
    port: int = 0
    paths: dict[str, bytes | Respond] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    sent_bytes: int = 0

    def url(self, path: str, *, host: str = "127.0.0.1") -> str:
        """Where something is."""
        return f"https://{host}:{self.port}{path}"


class _Handler(http.server.BaseHTTPRequestHandler):
    radio: HttpsRadio

    def do_GET(self) -> None:
        """Answer."""
        self.radio.asked.append(self.path)
        found = self.radio.paths.get(self.path)
        with suppress(OSError):
            if found is None:
                self.send_error(404)
            elif isinstance(found, bytes):
                self.send_response(200)
                self.send_header("Content-Length", str(len(found)))
                self.end_headers()
                self.wfile.write(found)
            else:
                found(self)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def https_radio(folder: Path) -> Iterator[HttpsRadio]:
    """Serve on a free port; `tls` of it trusts its certificate."""
    certificate, key = _certificate(folder)
    trusting = ssl.create_default_context(cafile=str(certificate))
    radio = HttpsRadio(tls=trusting)
    handler = type("Handler", (_Handler,), {"radio": radio})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate, key)
    server.socket = serving.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    server.daemon_threads = True
    server.block_on_close = False
    radio.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield radio
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def endless(radio: HttpsRadio, mp3: bytes, *, pause_s: float = 0.0) -> Respond:
    """A programme without an end, the same file again and again, as fast as it is taken."""

    def respond(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            for at in range(0, len(mp3), 4_096):
                handler.wfile.write(mp3[at : at + 4_096])
                radio.sent_bytes += 4_096
                time.sleep(pause_s)

    return respond


def redirect(to: str) -> Respond:
    """Somewhere else."""

    def respond(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", to)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return respond


def made_by_ffmpeg(form: str, *, seconds: float = 3.0, codec: str | None = None) -> bytes:
    """A sine of 440 Hz in another form."""
    coded = ("-c:a", codec) if codec else ()
    made = subprocess.run(
        [
            *(FFMPEG, "-v", "error", "-f", "lavfi", "-i"),
            f"sine=frequency=440:duration={seconds}:sample_rate=32000",
            *("-ac", "1", "-b:a", "64k", *coded, "-f", form, "-"),
        ],
        check=True,
        capture_output=True,
    )
    return made.stdout


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "radio")])
    now = datetime.now(UTC)
    names = [x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("localhost")]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    certificate_path, key_path = folder / "radio.pem", folder / "radio.key"
    certificate_path.write_bytes(certificate.public_bytes(Encoding.PEM))
    key_path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate_path, key_path
