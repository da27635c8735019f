"""Either broker behind TLS with a given certificate, for tests with the station's own CA."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devices.broker.serve import Listen
from tests.authority import Issued
from tests.brokers import free_port, start_embedded, start_mosquitto


@contextmanager
def broker_behind_tls(kind: str, registry: Path, folder: Path, *, shows: Issued) -> Iterator[int]:
    """A running broker that shows this certificate; the port where it speaks TLS."""
    certificate, key = shows.certificate, shows.key
    if kind == "mosquitto":
        port = free_port()
        tls = Listen("127.0.0.1", port, certificate=certificate, key=key)
        running = start_mosquitto(registry, folder, tls=tls)
    else:
        more = ["--tls-cert", str(certificate), "--tls-key", str(key)]
        running = start_embedded(registry, folder, more=more)
        port = running.port
    try:
        yield port
    finally:
        running.stop()
