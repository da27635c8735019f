"""A connection that sends what no client library would, octet by octet."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.brokers import RunningBroker
from tests.devices.broker.octets import connect, packet, text

CONNACK_ACCEPTED = b"\x20\x02\x00\x00"
PING, PONG = packet(0xC0, b""), b"\xd0\x00"


@contextmanager
def raw_client(broker: RunningBroker) -> Iterator[socket.socket]:
    """A connection of which nothing has been said yet, by TLS where the broker wants it."""
    with ExitStack() as stack:
        client = stack.enter_context(
            socket.create_connection((broker.host, broker.port), timeout=10)
        )
        if broker.tls is not None:
            client = stack.enter_context(
                broker.tls.wrap_socket(client, server_hostname=broker.host)
            )
        yield client


@contextmanager
def joined(broker: RunningBroker, username: str, secret: str) -> Iterator[socket.socket]:
    """A connection that the broker has let in."""
    with raw_client(broker) as client:
        client.sendall(login(username, secret))
        assert client.recv(4) == CONNACK_ACCEPTED
        yield client


def login(username: str, secret: str, *, clean: bool = True, client_id: str | None = None) -> bytes:
    """A sound CONNECT."""
    fields = [username if client_id is None else client_id, username, secret]
    return connect(flags=0xC0 | (2 if clean else 0), fields=fields)


def publish(topic: str, payload: bytes, *, packet_id: int = 1, retain: bool = False) -> bytes:
    """A PUBLISH at QoS 1."""
    return packet(0x33 if retain else 0x32, text(topic) + packet_id.to_bytes(2, "big") + payload)


def subscribe(*filters: str) -> bytes:
    """A SUBSCRIBE at QoS 1."""
    return packet(0x82, b"\x00\x01" + b"".join(text(each) + b"\x01" for each in filters))


def is_closed(client: socket.socket) -> bool:
    """Whether the broker ends this connection."""
    try:
        return client.recv(1_000) == b""
    except ConnectionResetError:
        return True


def is_taken(client: socket.socket) -> bool:
    """Whether the broker has read all that was sent; False where it has hung up."""
    try:
        client.sendall(PING)
        answered = b""
        while PONG not in answered:
            came = client.recv(65_536)
            if not came:
                return False
            answered += came
    except OSError:
        return False
    return True
