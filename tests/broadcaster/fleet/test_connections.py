"""What the admin's page finds at the broker, and how long certificates still hold."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from broadcaster.fleet.connections import (
    days_left,
    look_at_broker,
    look_at_site,
    what_ends_soon,
)
from broadcaster.settings import load_settings
from tests.authority import Authority, Issued

NOW = datetime.now(UTC)


@contextmanager
def tls_server(shows: Issued) -> Iterator[int]:
    """Something that shows a certificate to whoever connects; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shows.certificate, shows.key)
    ending = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)

        def serve() -> None:
            while not ending.is_set():
                try:
                    plain, _ = listening.accept()
                except TimeoutError:
                    continue
                try:
                    with context.wrap_socket(plain, server_side=True) as speaking:
                        speaking.recv(1)
                except OSError:
                    plain.close()

        serving = threading.Thread(target=serve)
        serving.start()
        try:
            yield listening.getsockname()[1]
        finally:
            ending.set()
            serving.join()


def test_a_broker_behind_tls_shows_how_long_it_still_may(tmp_path: Path) -> None:
    """By a real handshake with the station's own trust; its end is told ahead."""
    authority = Authority(tmp_path)
    shown = authority.issue("127.0.0.1", begins=NOW - timedelta(days=1), lasts=timedelta(days=21))
    with tls_server(shown) as port:
        settings = load_settings(
            state_dir=tmp_path, broker=f"mqtts://127.0.0.1:{port}", device_ca=authority.file
        )
        look = look_at_broker(settings)
        distrusting = look_at_broker(settings.model_copy(update={"device_ca": None}))

    assert look.answers
    assert look.certificate is not None
    assert days_left(look.certificate, now=NOW) == 19
    assert what_ends_soon(look_at_site(settings), look, now=NOW)
    assert not distrusting.answers
    assert "certificate" in distrusting.fault.lower()


def test_a_broker_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    """With the system's own words, and no certificate."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        look = look_at_broker(load_settings(state_dir=tmp_path, broker=f"mqtt://127.0.0.1:{port}"))

    assert (look.answers, look.by_tls, look.certificate) == (False, False, None)
    assert look.fault


def test_the_sites_own_certificate_is_read_from_its_file(tmp_path: Path) -> None:
    """With the CA that devices trust; nothing ends soon that lasts a year."""
    authority = Authority(tmp_path)
    shown = authority.issue("dai.example", lasts=timedelta(days=300))
    settings = load_settings(
        state_dir=tmp_path,
        tls_cert=shown.certificate,
        tls_key=shown.key,
        device_ca=authority.file,
        public_url="https://dai.example",
    )
    look = look_at_site(settings)

    assert look.certificate is not None
    assert look.authority is not None
    assert list(look.certificate.names) == ["dai.example"]
    assert not what_ends_soon(look, look_at_broker(settings), now=NOW)
