"""Requests that no browser sends, octet by octet, over TLS or in the clear."""

import socket
import ssl
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass

WAITS_S = 30.0
_MOST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back until the other end had nothing more to say; status 0 for nothing."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def answers(self) -> int:
        """How many answers came in this one connection."""
        return (self.status > 0) + self.body.count(b"\r\nHTTP/1.") + self.body.startswith(b"HTTP/1")


def asked(port: int, octets: bytes, *, trusting: ssl.SSLContext | None) -> Answered:
    """Send these octets, by TLS where a context is given, and read until the connection ends."""
    with ExitStack() as stack:
        client = stack.enter_context(socket.create_connection(("127.0.0.1", port), WAITS_S))
        if trusting is not None:
            wrapped = trusting.wrap_socket(client, server_hostname="127.0.0.1")
            client = stack.enter_context(wrapped)
        # Whoever hangs up in the middle has answered before.
        with suppress(OSError):
            client.sendall(octets)
        came = b""
        with suppress(OSError):
            while len(came) < _MOST_BYTES and (piece := client.recv(65_536)):
                came += piece
    return _read(came)


def get(target: str, *more: str, method: str = "GET", host: str = "127.0.0.1") -> bytes:
    """A request with any target, after which the connection is to be closed."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Connection: close", *more, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def _read(came: bytes) -> Answered:
    head, _, body = came.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    words = first.split(" ")
    status = int(words[1]) if len(words) > 1 and words[1].isdecimal() else 0
    pairs = (line.partition(": ") for line in lines)
    return Answered(status, {name.lower(): value for name, _, value in pairs}, body)
