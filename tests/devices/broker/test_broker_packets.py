"""Cutting packets from a stream: nothing that a client can send gets past unsound."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.broker.packets import (
    PACKET_LIMIT_BYTES,
    Frame,
    PacketRefused,
    PacketType,
    check_frame,
    next_frame,
    read_connect,
)
from tests.devices.broker.octets import connect, packet, text

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)


def frame_of(raw: bytes) -> Frame:
    """The one packet in these octets."""
    frame = next_frame(bytearray(raw), limit_bytes=PACKET_LIMIT_BYTES)
    assert frame is not None
    return frame


@given(bodies=st.lists(st.binary(max_size=300), max_size=5), cut=st.integers(1, 50))
def test_packets_come_out_as_they_were_sent(bodies: list[bytes], cut: int) -> None:
    """However the stream is cut, the same packets come out, in order, and nothing is left."""
    stream = b"".join(packet(0x30, body) for body in bodies)
    received, found = bytearray(), []
    for at in range(0, len(stream), cut):
        received += stream[at : at + cut]
        while (frame := next_frame(received, limit_bytes=1_000)) is not None:
            found.append(frame.body)

    assert found == bodies
    assert not received


@given(stream=st.binary(max_size=100))
def test_any_octets_are_cut_or_refused(stream: bytes) -> None:
    """No octets raise anything but a refusal, and a cut always makes progress."""
    received = bytearray(stream)
    with contextlib.suppress(PacketRefused):
        while (frame := next_frame(received, limit_bytes=64)) is not None:
            assert len(frame.raw) >= 2
            with contextlib.suppress(PacketRefused):
                check_frame(frame)
            with contextlib.suppress(PacketRefused):
                read_connect(frame)


def test_a_packet_over_the_limit_is_refused_by_its_header() -> None:
    """Nobody has to send 256 MB to be refused."""
    with pytest.raises(PacketRefused, match="over the limit"):
        next_frame(bytearray(b"\x30\xff\xff\xff\x7f"), limit_bytes=PACKET_LIMIT_BYTES)


def test_a_length_of_five_octets_is_refused() -> None:
    """The standard knows four."""
    with pytest.raises(PacketRefused, match="four octets"):
        next_frame(bytearray(b"\x30\xff\xff\xff\xff\x01"), limit_bytes=PACKET_LIMIT_BYTES)


@given(client_id=TEXTS, username=TEXTS, password=TEXTS, clean=st.booleans())
def test_a_login_is_read(client_id: str, username: str, password: str, clean: bool) -> None:
    """Client id, name and secret come out as they were sent."""
    raw = connect(flags=0xC0 | (2 if clean else 0), fields=[client_id, username, password])
    read = read_connect(frame_of(raw))

    assert (read.client_id, read.username, read.password) == (client_id, username, password)
    assert (read.clean_session, read.keep_alive_s, read.will_topic) == (clean, 60, None)


def test_a_last_will_is_read() -> None:
    """The topic of the will is known before anybody is let in."""
    raw = connect(flags=0xC0 | 0x2E, fields=["c", "a/status", "offline", "u", "p"])

    read = read_connect(frame_of(raw))

    assert (read.will_topic, read.will_retained) == ("a/status", True)


@pytest.mark.parametrize(
    "raw",
    [
        packet(0x30, text("a/b")),
        packet(0x11, text("MQTT")),
        connect(flags=2, fields=["c"], name="MQIsdp"),
        connect(flags=3, fields=["c"]),
        connect(flags=0x40, fields=["c", "p"]),
        connect(flags=0x22, fields=["c"]),
        connect(flags=0x16, fields=["c", "t", "m"]),
        connect(flags=0xC2, fields=["c", "u"]),
        connect(flags=2, fields=["c"], tail=b"x"),
        connect(flags=2, fields=["c\0"]),
        packet(0x10, text("MQTT") + bytes([4, 2, 0, 60, 0, 1, 0xFF])),
    ],
)
def test_an_unsound_login_is_refused(raw: bytes) -> None:
    """Another packet, another protocol, flags that contradict, fields missing or left over."""
    with pytest.raises(PacketRefused):
        read_connect(frame_of(raw))


def test_another_version_is_told_apart() -> None:
    """A client of MQTT 5 is recognised, so that it can be told what is spoken here."""
    assert read_connect(frame_of(connect(flags=2, fields=["c"], level=5))).level == 5


@pytest.mark.parametrize(
    "raw",
    [
        packet(0x30, text("a/b") + b"payload"),
        packet(0x33, text("a/b") + b"\x00\x01payload"),
        packet(0x82, b"\x00\x01" + text("a/+") + b"\x01" + text("b/#") + b"\x02"),
        packet(0xA2, b"\x00\x01" + text("a/+")),
        packet(0x40, b"\x00\x01"),
        packet(0xC0, b""),
        packet(0xE0, b""),
    ],
)
def test_a_sound_packet_passes(raw: bytes) -> None:
    """What the contract's clients send is let through."""
    check_frame(frame_of(raw))


@pytest.mark.parametrize(
    "raw",
    [
        packet(0x30, b""),
        packet(0x30, text("")),
        packet(0x30, text("a/#")),
        packet(0x30, text("$SYS/x")),
        packet(0x30, b"\x00\x05ab"),
        packet(0x30, b"\x00\x02\xc3\x28"),
        packet(0x32, text("a")),
        packet(0x32, text("a") + b"\x00\x00"),
        packet(0x34, text("a") + b"\x00\x01"),
        packet(0x36, text("a") + b"\x00\x01"),
        packet(0x80, b"\x00\x01" + text("a") + b"\x01"),
        packet(0x82, b"\x00\x01"),
        packet(0x82, b"\x00\x01" + text("a") + b"\x03"),
        packet(0x82, b"\x00\x01" + text("a#") + b"\x01"),
        packet(0xA2, b"\x00\x01"),
        packet(0x40, b"\x00"),
        packet(0xC0, b"x"),
        packet(0x62, b"\x00\x01"),
        connect(flags=2, fields=["again"]),
    ],
)
def test_an_unsound_packet_is_refused(raw: bytes) -> None:
    """Bad topics, filters, ids, QoS, lengths, flags, a second CONNECT, and QoS 2."""
    with pytest.raises(PacketRefused):
        check_frame(frame_of(raw))


@pytest.mark.parametrize("first", [0x00, 0x20, 0x90, 0xB0, 0xD0, 0xF0])
def test_what_only_a_broker_sends_is_refused(first: int) -> None:
    """CONNACK, SUBACK, UNSUBACK, PINGRESP and the reserved types."""
    with pytest.raises(PacketRefused):
        next_frame(bytearray(packet(first, b"")), limit_bytes=100)


def test_who_does_not_begin_with_a_login_is_refused_at_once() -> None:
    """A web browser that came to the wrong port is not waited for."""
    with pytest.raises(PacketRefused, match="too early"):
        next_frame(bytearray(b"GET / HTTP"), limit_bytes=100, only=PacketType.CONNECT)


def test_nothing_comes_of_nothing() -> None:
    """An empty stream, or half a header, is no packet yet."""
    assert next_frame(bytearray(), limit_bytes=100) is None
    assert next_frame(bytearray(b"\x30"), limit_bytes=100) is None
    assert next_frame(bytearray(b"\x30\x02a"), limit_bytes=100) is None
    assert frame_of(packet(0xC0, b"")).type is PacketType.PINGREQ
