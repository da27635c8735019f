"""The network that tests cut: while it is cut nothing passes, and a silent line delivers late."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.network import Cut, Network


@pytest.fixture
def far() -> Iterator[socket.socket]:
    """Whoever is to be reached."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        yield server


@pytest.fixture
def network() -> Iterator[Network]:
    """A network."""
    with Network() as network:
        yield network


def port_of(server: socket.socket) -> int:
    """Where it listens."""
    port: int = server.getsockname()[1]
    return port


def connected(network: Network, far: socket.socket, ending: ExitStack) -> list[socket.socket]:
    """Both ends of a connection over the network."""
    near = socket.create_connection(("127.0.0.1", network.way_to(port_of(far))), timeout=5)
    end, _ = far.accept()
    end.settimeout(5)
    return [ending.enter_context(each) for each in (near, end)]


def test_a_silent_line_keeps_what_is_said_until_it_is_healed(
    network: Network, far: socket.socket
) -> None:
    """Neither side notices; in the end all of it is there, in order."""
    with ExitStack() as ending:
        near, end = connected(network, far, ending)
        near.sendall(b"one ")
        assert end.recv(4) == b"one "
        network.cut(Cut.SILENT)
        near.sendall(b"two")
        end.settimeout(0.3)
        with pytest.raises(TimeoutError):
            end.recv(3)
        network.heal()
        end.settimeout(5)

        assert end.recv(3) == b"two"


def test_a_broken_line_resets_old_and_new_connections(network: Network, far: socket.socket) -> None:
    """Both ends of what stood, and whoever tries meanwhile; afterwards one gets through again."""
    with ExitStack() as ending:
        near, end = connected(network, far, ending)
        way = near.getpeername()
        network.cut(Cut.BROKEN)
        for each in (near, end):
            with pytest.raises(ConnectionResetError):
                each.recv(1)
        # It may hear of it as soon as it connects.
        with (
            pytest.raises(ConnectionResetError),
            socket.create_connection(way, timeout=5) as late,
        ):
            late.recv(1)
        network.heal()
        again = ending.enter_context(socket.create_connection(way, timeout=5))
        again.sendall(b"again")
        reached = ending.enter_context(far.accept()[0])

        assert reached.recv(5) == b"again"


def test_one_way_is_cut_without_the_others(network: Network, far: socket.socket) -> None:
    """A pole behind a dead line takes nobody with it."""
    with ExitStack() as ending:
        near, end = connected(network, far, ending)
        other, other_end = connected(network, far, ending)
        network.cut(Cut.BROKEN, [near.getpeername()[1]])
        with pytest.raises(ConnectionResetError):
            end.recv(1)
        other.sendall(b"heard")

        assert other_end.recv(5) == b"heard"
