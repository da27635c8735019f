"""Asking what people typed: all of an answer in time or nothing of it, and never just anywhere."""

import itertools
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest

from broadcaster.accounts.errors import ProviderUnreachable
from broadcaster.accounts.openid import discover
from broadcaster.alerts.errors import FeedUnreachable
from broadcaster.alerts.fetching import fetcher
from broadcaster.exchange.carrying import carrier
from broadcaster.exchange.errors import OfficeUnreachable
from broadcaster.outward import BoundedTransport, is_forbidden, is_this_machine, taking
from broadcaster.publishing.outlets.asking import asking
from broadcaster.publishing.outlets.errors import OutletUnsure
from broadcaster.settings import Settings
from tests.broadcaster.alerts.server import Answer, publishing


@contextmanager
def dripping() -> Iterator[str]:
    """A host whose head never ends: one more byte whenever somebody has waited for it."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.05)

        def drip() -> None:
            while not over.is_set():
                with suppress(OSError):
                    connection, _ = listening.accept()
                    with connection:
                        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                        while not over.wait(0.005):
                            connection.sendall(b"a")

        thread = threading.Thread(target=drip)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/cap.atom"
        finally:
            over.set()
            thread.join()


def ten_seconds_a_look() -> Iterator[float]:
    """A clock that has gone on by ten seconds whenever somebody looks."""
    return itertools.count(0.0, 10.0)


def test_a_head_without_end_does_not_hold_up_the_warnings_of_others() -> None:
    """A feed that sends a byte now and then is left, and the next one is read."""
    times = ten_seconds_a_look()
    with (
        dripping() as slow,
        fetcher(now_s=lambda: next(times)) as fetch,
        pytest.raises(FeedUnreachable),
    ):
        fetch.get(slow)

    with publishing() as other, fetcher() as fetch:
        other.has["/cap.atom"] = Answer(b"<feed/>")
        assert fetch.get(other.url("/cap.atom")).content == b"<feed/>"


def test_nor_the_round_with_the_province() -> None:
    """The province is asked again later, and the round ends."""
    times = ten_seconds_a_look()
    with (
        dripping() as slow,
        carrier(
            slow, "secret-secret", source_id="XA-1", mapping=1, now_s=lambda: next(times)
        ) as speaks,
        pytest.raises(OfficeUnreachable),
    ):
        speaks.collect("")


def test_nor_whoever_wants_to_sign_in_by_the_province() -> None:
    """They are told that it cannot be reached, and have the station's own form."""
    times = ten_seconds_a_look()
    with dripping() as slow, pytest.raises(ProviderUnreachable):
        discover(Settings(openid_issuer=slow, openid_client_id="dai"), now_s=lambda: next(times))


def test_a_post_whose_answer_never_ended_may_have_been_made() -> None:
    """It is looked for before it is sent again."""
    times = ten_seconds_a_look()
    with (
        dripping() as slow,
        asking(now_s=lambda: next(times)) as asker,
        pytest.raises(OutletUnsure),
    ):
        asker.ask("POST", slow, headers={}, form={"message": "Tin"})


def test_one_request_may_take_longer_than_its_client_allows() -> None:
    """A sound takes longer than a list."""
    times = ten_seconds_a_look()
    with publishing() as host:
        host.has["/a"] = Answer(b"sound")
        transport = BoundedTransport(whole_s=5, now_s=lambda: next(times))
        with httpx.Client(transport=transport, trust_env=False) as client:
            with pytest.raises(httpx.TimeoutException):
                client.get(host.url("/a"))

            assert client.get(host.url("/a"), extensions=taking(1_000)).content == b"sound"


@pytest.mark.parametrize(
    "address",
    ["http://0x7f.1:{port}/", "http://2130706433:{port}/", "http://[::ffff:127.0.0.1]:{port}/",
     "http://169.254.169.254/latest/meta-data", "http://127.0.0.2:{port}/", "http://0.0.0.0:{port}/",
     "http://224.0.0.1/"],
)  # fmt: skip
def test_where_clouds_keep_credentials_and_hidden_ways_to_this_machine_are_never_asked(
    address: str,
) -> None:
    """However the address is written; not an octet is sent there."""
    with publishing() as here, fetcher() as fetch:
        here.has["/"] = Answer(b"<secret/>")
        port = here.at.rpartition(":")[2]

        with pytest.raises(FeedUnreachable, match="never asked"):
            fetch.get(address.format(port=port))

        assert here.asked == []


def test_private_networks_and_the_world_may_be_asked() -> None:
    """Portals stand in communes' own networks."""
    assert not any(map(is_forbidden, ("10.0.0.1", "192.168.1.10", "203.0.113.9", "fd00::1")))
    assert all(map(is_forbidden, ("fe80::1%eth0", "::", "ff02::1", "127.0.0.53")))
    assert all(map(is_forbidden, ("127.1", "2130706433", "0x7f.1", "2852039166")))


def test_the_machine_itself_is_known_however_it_is_written() -> None:
    """By the names that a resolver keeps for it, and in figures of any kind."""
    assert all(map(is_this_machine, ("localhost", "a.LOCALHOST.", "127.0.1.1", "127.1", "::1")))
    assert not any(map(is_this_machine, ("localhost.vn", "10.0.0.1", "169.254.1.1", "vov.vn")))
