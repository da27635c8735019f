"""What nginx, with the site's file of `deploy/commune`, refuses before the station hears of it.

Behind it stands a server that tells what reached it; what the station itself refuses is its own
tests' matter.
"""

import json
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.brokers import write_test_certificate
from tests.deploy.hostile_requests import Answered, asked, get
from tests.deploy.test_commune import Machine, needs_nginx, proxy_of

pytestmark = [pytest.mark.processes, needs_nginx]

PATIENCE_S = 60.0
FORGED = "203.0.113.9"
REFUSED = {400, 405, 413, 414, 501}
"""What nginx answers to what nobody should send."""


class Telling(BaseHTTPRequestHandler):
    """Answers with what was asked for, and with which headers."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Tell it."""
        told = json.dumps({"path": self.path, **dict(self.headers)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    do_POST = do_GET  # noqa: N815 - the library's own name

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True)
class Door:
    """The proxy at work."""

    machine: Machine
    trusting: ssl.SSLContext

    def ask(self, octets: bytes) -> Answered:
        """What it answers to these octets, by TLS."""
        return asked(self.machine.https, octets, trusting=self.trusting)

    def reached(self, octets: bytes) -> dict[str, Any]:
        """What of them reached the server behind it."""
        answered = self.ask(octets)
        assert answered.status == 200, answered
        told: dict[str, Any] = json.loads(answered.body)
        return told


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Nginx with the deployed file, started once."""
    machine = Machine(tmp_path_factory.mktemp("proxy"))
    certificates = machine.folder / "state/tls"
    certificates.mkdir(parents=True)
    certificate, key = write_test_certificate(certificates)
    certificate.rename(certificates / "site.pem")
    key.rename(certificates / "site.key")
    behind = ThreadingHTTPServer(("127.0.0.1", machine.site), Telling)
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    try:
        with proxy_of(machine):
            _wait_until_it_listens(machine)
            yield Door(machine, ssl.create_default_context(cafile=certificates / "site.pem"))
    finally:
        behind.shutdown()
        behind.server_close()


def _wait_until_it_listens(machine: Machine) -> None:
    for _ in range(int(PATIENCE_S * 10)):
        with socket.socket() as probe:
            probe.settimeout(0.1)
            if probe.connect_ex(("127.0.0.1", machine.https)) == 0:
                return
        threading.Event().wait(0.1)
    raise AssertionError((machine.folder / "nginx.log").read_text())


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_refused(door: Door, version: ssl.TLSVersion) -> None:
    """By the proxy, whatever a browser would bear; TLS 1.2 and 1.3 are taken."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version = old.maximum_version = version
    certificate = door.machine.folder / "state/tls/site.pem"
    just_right = ssl.create_default_context(cafile=certificate)
    just_right.maximum_version = ssl.TLSVersion.TLSv1_2

    with pytest.raises(ssl.SSLError, match="alert protocol version"):
        _greeted(door.machine.https, old)
    assert _greeted(door.machine.https, just_right) == "TLSv1.2"
    assert _greeted(door.machine.https, door.trusting) == "TLSv1.3"


def _greeted(port: int, context: ssl.SSLContext) -> str | None:
    with (
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as client,
    ):
        return client.version()


def test_what_a_visitor_says_of_himself_is_overwritten(door: Door) -> None:
    """What the station believes of where a request came from is the proxy's own word."""
    told = door.reached(
        get(
            "/x",
            f"X-Forwarded-For: {FORGED}",
            "X-Forwarded-Proto: http",
            f"x-forwarded-for: {FORGED}",
        )
    )

    assert told["X-Forwarded-For"] == "127.0.0.1"
    assert told["X-Forwarded-Proto"] == "https"


@pytest.mark.parametrize(
    "target", ["/", "/people", "/sign-in", "/.well-known/x", "//evil.example/"]
)
def test_in_the_clear_everything_leads_to_https(door: Door, target: str) -> None:
    """And tells nothing; HTTP at the door of TLS is refused."""
    told = asked(door.machine.http, get(target), trusting=None)

    assert told.status == 301
    assert told.headers["location"] == f"https://127.0.0.1{target}"
    assert told.headers["server"] == "nginx"
    assert asked(door.machine.https, get(target), trusting=None).status == 400


@pytest.mark.parametrize(
    "target",
    [
        "/.well-known/acme-challenge/../../../../etc/passwd",
        "/.well-known/acme-challenge/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/.well-known/acme-challenge/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/static/../../../../etc/passwd",
        "/static/%00",
        "/%zz",
    ],
)
def test_no_path_climbs_out(door: Door, target: str) -> None:
    """Neither to a file of the machine, in the clear or by TLS, nor on to the station."""
    for told in (asked(door.machine.http, get(target), trusting=None), door.ask(get(target))):
        assert told.status in {400, 404}
        assert b"root:" not in told.body


SMUGGLED = b"GET /people HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
AMBIGUOUS = {
    "two lengths": b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED),
    "length and chunks": b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
    "chunks twice": b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "chunks of a kind": b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a broken chunk": b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "a folded length": b"Content-Length:\r\n 4\r\n\r\n",
    "a space before the colon": b"Content-Length : 4\r\n\r\n",
    "a negative length": b"Content-Length: -1\r\n\r\n",
    "a length beyond numbers": b"Content-Length: 99999999999999999999999\r\n\r\n",
    "a zero in a header": b"X-A: \0\r\n\r\n",
    "no host": b"\r\n",
}


@pytest.mark.parametrize("how", AMBIGUOUS)
def test_no_request_hides_in_another(door: Door, how: str) -> None:
    """What two servers might read in two ways is refused by the first, and its connection ended."""
    host = b"" if how == "no host" else b"Host: 127.0.0.1\r\n"
    told = door.ask(b"POST /sign-in HTTP/1.1\r\n" + host + AMBIGUOUS[how] + SMUGGLED)

    assert told.status in REFUSED
    assert told.answers == 1


def test_what_is_too_much_is_refused_unread(door: Door) -> None:
    """Bodies, addresses and headers without end; methods that nobody needs."""
    assert door.ask(get("/x", "Content-Length: 70000000", method="POST")).status == 413
    assert door.ask(get("/" + "a" * 40_000)).status == 414
    assert door.ask(get("/x", "X-A: " + "a" * 40_000)).status == 400
    assert door.ask(get("/x", *(f"X-{number}: a" for number in range(5_000)))).status == 400
    for method in ("TRACE", "CONNECT", "TRACK", "get", "GET\tx"):
        assert door.ask(get("/x", method=method)).status in REFUSED, method
    assert door.ask(b"GET /x\r\n\r\n").status == 0
