"""A renewed certificate is shown to whoever comes next; nobody who is there is sent away."""

import shutil
import signal
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from structlog.testing import capture_logs

from devices.protocol.credentials import load_credentials, save_credentials
from devices.renewal import ShownCertificate
from tests.brokers import (
    start_deployed,
    start_embedded,
    write_test_certificate,
)
from tests.devices.broker.commune import Commune

PATIENCE_S = 20


def serial_shown(port: int) -> int:
    """The serial number of the certificate that a server shows now."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as plain,
        context.wrap_socket(plain) as tls,
    ):
        shown = tls.getpeercert(binary_form=True)
    assert shown is not None
    return x509.load_der_x509_certificate(shown).serial_number


def renew(into: tuple[Path, Path], tmp_path: Path) -> int:
    """Put a new pair in the place of the old, as certbot does; its serial number."""
    fresh = tmp_path / "fresh"
    fresh.mkdir(exist_ok=True)
    for made, place in zip(write_test_certificate(fresh), into, strict=True):
        shutil.move(made, place)
    return x509.load_pem_x509_certificate(into[0].read_bytes()).serial_number


def comes_to(told: Callable[[], int], wanted: int) -> bool:
    """Whether it is told within the test's patience."""
    deadline = time.monotonic() + PATIENCE_S
    while told() != wanted:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


@contextmanager
def echoing(context: ssl.SSLContext) -> Iterator[int]:
    """A server that shows what the context has, and says back what it hears."""

    def attend(plain: socket.socket) -> None:
        try:
            with context.wrap_socket(plain, server_side=True) as client:
                while heard := client.recv(100):
                    client.sendall(heard)
        except OSError:
            return

    def listen() -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=attend, args=(client,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=listen, daemon=True).start()
        yield server.getsockname()[1]


def test_who_comes_next_is_shown_the_new_one_and_who_is_there_stays(tmp_path: Path) -> None:
    """On a live server, by real handshakes."""
    pair = write_test_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pair)
    shown = ShownCertificate(*pair, shown_by=context)
    trusting = ssl.create_default_context(cafile=str(pair[0]))
    with (
        echoing(context) as port,
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as plain,
        trusting.wrap_socket(plain, server_hostname="127.0.0.1") as before,
    ):
        assert not shown.look()
        serial = renew(pair, tmp_path)

        assert shown.look()
        assert serial_shown(port) == serial
        before.sendall(b"still here")
        assert before.recv(100) == b"still here"
        assert not shown.look()


def test_half_of_a_new_pair_is_not_shown(tmp_path: Path) -> None:
    """While one of two files is written, or a wrong one lies there, the old one speaks."""
    pair = write_test_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pair)
    shown = ShownCertificate(*pair, shown_by=context)
    (tmp_path / "other").mkdir()
    other = write_test_certificate(tmp_path / "other")
    with echoing(context) as port:
        before = serial_shown(port)
        shutil.copy(other[0], pair[0])
        with capture_logs() as logs:
            assert not shown.look()
        assert [each["event"] for each in logs] == ["renewed_certificate_unusable"]
        assert serial_shown(port) == before
        pair[0].unlink()
        assert not shown.look()

        shutil.copy(other[0], pair[0])
        shutil.copy(other[1], pair[1])
        assert shown.look()
        assert serial_shown(port) != before


@pytest.mark.parametrize("which", ["embedded", "deployed"])
def test_a_broker_shows_it_and_keeps_its_devices(
    which: str, registry: Path, secrets: dict[str, str], tmp_path: Path
) -> None:
    """The embedded one at a SIGHUP, or half a minute later; a Mosquitto of ours by itself."""
    pair = write_test_certificate(tmp_path)
    if which == "embedded":
        options = ["--tls-cert", str(pair[0]), "--tls-key", str(pair[1])]
        broker = start_embedded(registry, tmp_path, more=options)
        broker.tls = ssl.create_default_context(cafile=str(pair[0]))
    else:
        broker = start_deployed(registry, tmp_path, shows=pair, from_outside=True)
    try:
        with Commune(broker, secrets) as commune:
            device = commune.joined("loa-1")
            old, serial = serial_shown(broker.port), renew(pair, tmp_path)
            if which == "embedded":
                broker.process.send_signal(signal.SIGHUP)

            assert serial != old
            assert comes_to(lambda: serial_shown(broker.port), serial)
            assert not device.left.is_set()
    finally:
        broker.stop()


def test_a_pair_that_does_not_fit_neither_closes_mosquitto_nor_keeps_it_from_a_revocation(
    registry: Path, secrets: dict[str, str], tmp_path: Path
) -> None:
    """It shows what it showed, whoever is revoked meanwhile is out, and the rest stay."""
    pair = write_test_certificate(tmp_path)
    (tmp_path / "other").mkdir()
    other = write_test_certificate(tmp_path / "other")
    broker = start_deployed(registry, tmp_path, shows=pair, from_outside=True)
    try:
        with Commune(broker, secrets) as commune:
            revoked, stays = commune.joined("loa-1"), commune.joined("loa-2")
            before = serial_shown(broker.port)
            shutil.copy(other[0], pair[0])
            assert comes_to(lambda: "renewed_certificate_unusable" in broker.log.read_text(), True)
            save_credentials(load_credentials(registry).without_user("loa-1"), registry)

            assert revoked.left.wait(PATIENCE_S)
            assert serial_shown(broker.port) == before
            assert not stays.left.is_set()

            shutil.copy(other[1], pair[1])
            assert comes_to(lambda: serial_shown(broker.port) != before, True)
    finally:
        broker.stop()
