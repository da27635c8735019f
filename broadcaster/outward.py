"""How the station asks addresses that people typed: bounded in time as a whole, and not everywhere.

A read's own time limit begins anew with every byte, so that a host which sends one byte of its
head every few seconds would hold up whoever asks for as long as it likes. And a name may lead
anywhere: never to this machine unless that was typed, never to where clouds keep credentials.
"""

import socket
import time
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from ssl import SSLContext
from typing import Any

import httpcore
import httpx

THIS_MACHINE = frozenset({"127.0.0.1", "::1", "localhost"})
"""What somebody types who means this machine."""

_WHOLE = "whole_s"


def is_forbidden(address: str) -> bool:
    """Whether an address in figures is never asked; of a name nothing is known here."""
    parsed = _in_figures(address.partition("%")[0])
    if parsed is None:
        return False
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    return (
        parsed.is_loopback or parsed.is_link_local or parsed.is_multicast or parsed.is_unspecified
    )


def is_this_machine(host: str) -> bool:
    """Whether a name stands for whoever asks (RFC 6761), or for their loopback in figures."""
    host = host.lower().rstrip(".")
    parsed = _in_figures(host)
    if parsed is None:
        return host == "localhost" or host.endswith(".localhost")
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback


def taking(whole_s: float) -> dict[str, float]:
    """The `extensions` of a request that may take longer, or less long, than its client's."""
    return {_WHOLE: whole_s}


class BoundedTransport(httpx.HTTPTransport):
    """For one thread: each answer, head and body, comes within `whole_s` or not at all.

    Raises httpx.TimeoutException for what is too slow, httpx.ConnectError for where it never goes.
    """

    def __init__(self, *, whole_s: float, now_s: Callable[[], float] = time.monotonic) -> None:
        # Without the environment's proxies: what somebody typed is what is asked.
        super().__init__(trust_env=False)
        self._whole_s = whole_s
        self._bound = _Bound(now_s)
        # httpx has no public way to say how it connects; tests/broadcaster/test_outward.py
        # sees whether this still does.
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False), network_backend=self._bound
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Ask; the time runs from here."""
        self._bound.begin(float(request.extensions.get(_WHOLE, self._whole_s)))
        return super().handle_request(request)


class _Bound(httpcore.SyncBackend):
    """Connects to where a name leads, if that may be asked, and counts the time of one request."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        super().__init__()
        self._now_s = now_s
        self._ends_s = 0.0

    def begin(self, whole_s: float) -> None:
        self._ends_s = self._now_s() + whole_s

    def left_s(self, timeout: float | None, over: type[Exception] = httpcore.ReadTimeout) -> float:
        """How long may still be waited; raise what says that this is `over`."""
        left = self._ends_s - self._now_s()
        if left <= 0:
            raise over("too slow")
        return left if timeout is None else min(timeout, left)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the address that was looked at, so that no second answer is another."""
        failed: Exception = httpcore.ConnectError(f"no address for {host[:100]}")
        for address in _addresses(host, port):
            try:
                left_s = self.left_s(timeout, httpcore.ConnectTimeout)
                stream = super().connect_tcp(address, port, left_s, local_address, socket_options)
                return _BoundStream(stream, self)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


class _BoundStream(httpcore.NetworkStream):
    """One connection of which each read and write knows when all must be over."""

    def __init__(self, inner: httpcore.NetworkStream, bound: _Bound) -> None:
        self._inner = inner
        self._bound = bound

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._bound.left_s(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._bound.left_s(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left_s = self._bound.left_s(timeout)
        return _BoundStream(
            self._inner.start_tls(ssl_context, server_hostname, left_s), self._bound
        )

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as httpcore has it
        return self._inner.get_extra_info(info)


def _in_figures(host: str) -> IPv4Address | IPv6Address | None:
    """An address however it is written: a resolver takes `127.1` and `2130706433` as well."""
    try:
        return ip_address(host)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError, ValueError):
        return None


def _addresses(host: str, port: int) -> list[str]:
    """Where a name leads; raise httpcore.ConnectError where one of them is never asked."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if host not in THIS_MACHINE and any(is_forbidden(each) for each in addresses):
        raise httpcore.ConnectError(f"{host[:100]} leads to an address that is never asked")
    return addresses
