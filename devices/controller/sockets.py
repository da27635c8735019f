"""Drives a paho client's socket from the event loop (epoll) instead of paho's own select().

The client opens its socket in a thread, because connecting blocks, so registering it is handed
over to the loop's thread; by then the socket may be closed again.
"""

import asyncio
import ssl
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paho.mqtt.client import Client

if TYPE_CHECKING:
    from paho.mqtt.client import SocketLike


@dataclass(frozen=True, slots=True)
class _Driver:
    client: Client
    loop: asyncio.AbstractEventLoop
    thread: int
    """The loop's own."""

    def opened(self, _: Client, __: object, sock: "SocketLike") -> None:
        self.loop.call_soon_threadsafe(self._watch_reads, sock)

    def closing(self, _: Client, __: object, sock: "SocketLike") -> None:
        unwatch(sock, loop=self.loop)

    def wants_to_write(self, _: Client, __: object, sock: "SocketLike") -> None:
        if threading.get_ident() == self.thread:
            # Waking a loop that is awake would cost more than all else.
            self._watch_writes(sock)
        else:
            self.loop.call_soon_threadsafe(self._watch_writes, sock)

    def wrote_everything(self, _: Client, __: object, sock: "SocketLike") -> None:
        self.loop.remove_writer(sock)

    def _watch_reads(self, sock: "SocketLike") -> None:
        if sock.fileno() >= 0:
            self.loop.add_reader(sock, self._read, sock)

    def _watch_writes(self, sock: "SocketLike") -> None:
        if sock.fileno() >= 0 and self.client.want_write():
            self.loop.add_writer(sock, self.client.loop_write)

    def _read(self, sock: "SocketLike") -> None:
        self.client.loop_read()
        # What TLS has already decrypted makes no socket readable.
        while isinstance(sock, ssl.SSLSocket) and sock.fileno() >= 0 and sock.pending():
            self.client.loop_read()


def drive(client: Client, *, loop: asyncio.AbstractEventLoop) -> None:
    """Let `loop`, in whose thread this is called, tell when the socket can be read or written."""
    driver = _Driver(client, loop, threading.get_ident())
    client.on_socket_open = driver.opened
    client.on_socket_close = driver.closing
    client.on_socket_register_write = driver.wants_to_write
    client.on_socket_unregister_write = driver.wrote_everything


def release(client: Client) -> None:
    """Let go of a client: whenever it is collected, it no longer reaches for the loop."""
    client.on_socket_open = None
    client.on_socket_close = None
    client.on_socket_register_write = None
    client.on_socket_unregister_write = None


def unwatch(sock: "SocketLike", *, loop: asyncio.AbstractEventLoop) -> None:
    """Forget a socket that is about to be closed."""
    loop.remove_reader(sock)
    loop.remove_writer(sock)
