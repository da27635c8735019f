"""Run the embedded broker until it is told to stop."""

import asyncio
import errno
import ipaddress
import signal
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from amqtt.errors import AMQTTError, ProtocolHandlerError

from devices.broker.embedded import EmbeddedBroker
from devices.broker.errors import (
    AddressUnusable,
    CertificateUnusable,
    PlainTextRefused,
    PortTaken,
)
from devices.broker.gate import Gate
from devices.protocol.registry import registry_at
from devices.renewal import LOOKED_AT_EVERY_S, ShownCertificate

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Listen:
    """Where the broker is reached. Port 0 takes any free one."""

    host: str
    port: int
    certificate: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """A broker that accepts connections: where, and how many users it knows."""

    url: str
    port: int
    users: int


async def serve(registry: Path, *, listen: Listen, say: Callable[[Ready], None]) -> None:
    """Serve until SIGTERM or SIGINT; `say` is called once it accepts connections.

    A certificate that is renewed meanwhile is shown within half a minute, at SIGHUP at once.

    Raises BrokerUnusable (port, address, certificate, plain text) and CredentialsUnreadable
    before anything listens.
    """
    tls = tls_for(listen)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    loop.set_exception_handler(_heed)
    live = registry_at(str(registry))
    broker = EmbeddedBroker(registry)
    await broker.start()
    gate = Gate(registry=live, behind=broker)
    try:
        port = await _open(gate, listen=listen, tls=tls)
        url = f"{'mqtts' if tls else 'mqtt'}://{_in_url(listen.host)}:{port}"
        say(Ready(url, port, users=live.count()))
        shown = _shown(listen, tls)
        if shown is not None:
            # Whoever renews it may say so, as to Mosquitto.
            loop.add_signal_handler(signal.SIGHUP, shown.look)
        await _until(stop, shown=shown)
    finally:
        await gate.close()
        await broker.shutdown()


def _shown(listen: Listen, tls: ssl.SSLContext | None) -> ShownCertificate | None:
    if tls is None or listen.certificate is None or listen.key is None:
        return None
    return ShownCertificate(listen.certificate, listen.key, shown_by=tls)


async def _until(stop: asyncio.Event, *, shown: ShownCertificate | None) -> None:
    """Wait for the end, and meanwhile show a certificate that was renewed."""
    while not stop.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOKED_AT_EVERY_S):
                await stop.wait()
        if shown is not None:
            shown.look()


def _heed(loop: asyncio.AbstractEventLoop, told: dict[str, Any]) -> None:
    """A client that leaves in the middle of an answer is no fault; anything else is."""
    if isinstance(told.get("exception"), AMQTTError | ProtocolHandlerError | TimeoutError):
        log.info("client_left_early", reason=str(told["exception"]))
    else:
        loop.default_exception_handler(told)


async def _open(gate: Gate, *, listen: Listen, tls: ssl.SSLContext | None) -> int:
    try:
        return await gate.open(listen.host, listen.port, tls=tls)
    except (OSError, OverflowError) as error:
        where = f"{listen.host}:{listen.port}: {error}"
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise PortTaken(where) from error
        raise AddressUnusable(where) from error


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def tls_for(listen: Listen) -> ssl.SSLContext | None:
    """The TLS settings, or None where plain text stays inside this machine.

    Raises PlainTextRefused and CertificateUnusable.
    """
    if (listen.certificate is None) is not (listen.key is None):
        raise CertificateUnusable("--tls-cert, --tls-key")
    if listen.certificate is None or listen.key is None:
        if not is_loopback(listen.host):
            raise PlainTextRefused(listen.host)
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(listen.certificate, listen.key)
    except (OSError, ssl.SSLError) as error:
        raise CertificateUnusable(str(error)) from error
    return context


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches this address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
