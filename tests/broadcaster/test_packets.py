"""Reading MQTT packets many at a time: whole ones only, in order, and paho gets all the others."""

import socket
import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.enums import MQTTErrorCode

from broadcaster.packets import BulkClient, Message, PacketSocket

CONNACK = b"\x20\x02\0\0"
CONNACK_5 = b"\x20\x03\0\0\0"


def publish(
    payload: bytes, *, number: int = 7, topic: bytes = b"loa/1", properties: bytes | None = None
) -> bytes:
    """A PUBLISH packet, at QoS 0 where it has no number; of MQTT 5 where it has properties."""
    body = struct.pack("!H", len(topic)) + topic
    if number:
        body += struct.pack("!H", number)
    if properties is not None:
        body += bytes([len(properties)]) + properties
    return bytes([0x32 if number else 0x30]) + _length(len(body + payload)) + body + payload


def _length(length: int) -> bytes:
    octets = bytearray()
    while True:
        length, low = divmod(length, 128)
        octets.append(low | (128 if length else 0))
        if not length:
            return bytes(octets)


class Broker:
    """The other end of a connection, in the test's own hand."""

    def __init__(self, *, speaks_5: bool = False) -> None:
        self.told: list[Sequence[Message]] = []
        self.properties = b"" if speaks_5 else None
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.client = BulkClient(
            "ear",
            heard=lambda messages: self.told.append(tuple(messages)),
            speaks_5=speaks_5,
            clean_session=None if speaks_5 else False,
        )
        self.client.connect(*self._listening.getsockname())
        self.end, _ = self._listening.accept()
        self.end.settimeout(10)
        self.end.recv(65_536)
        self.say(CONNACK_5 if speaks_5 else CONNACK)

    def say(self, octets: bytes) -> MQTTErrorCode:
        """Send, and let the client read until it has all of it."""
        self.end.sendall(octets)
        code = self.client.loop(timeout=5)
        while code == MQTTErrorCode.MQTT_ERR_SUCCESS and _is_readable(self.client):
            code = self.client.loop(timeout=0.01)
        return code

    def close(self) -> None:
        """Leave nothing open."""
        self.client.disconnect()
        self.client.loop(timeout=0.01)
        self.end.close()
        self._listening.close()


def _is_readable(client: BulkClient) -> bool:
    plain = client.socket()
    if plain is None:
        return False
    with socket.fromfd(plain.fileno(), socket.AF_INET, socket.SOCK_STREAM) as same:
        try:
            return bool(same.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except BlockingIOError:
            return False


@pytest.fixture(params=[False, True], ids=["3.1.1", "5"])
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """A client that is connected to the test."""
    broker = Broker(speaks_5=request.param)
    yield broker
    broker.close()


def test_messages_that_came_together_are_told_together(broker: Broker) -> None:
    """A hundred messages cost one look at the socket, and keep their order."""
    properties = broker.properties
    broker.say(b"".join(publish(b"%d" % n, number=n, properties=properties) for n in range(1, 101)))

    numbers = [message.number for told in broker.told for message in told]
    assert numbers == list(range(1, 101))
    assert len(broker.told) < 10


def test_what_is_no_message_goes_to_paho_in_its_place(broker: Broker) -> None:
    """A message before an answer is told before it; what comes behind it is told as well."""
    properties = broker.properties
    order: list[object] = []
    broker.client.on_subscribe = lambda *_: order.append("subscribed")
    broker.client._heard = lambda messages: order.extend(each.payload for each in messages)
    _, number = broker.client.subscribe("loa/#", qos=1)
    broker.end.recv(65_536)
    assert number is not None
    granted = struct.pack("!H", number) + (b"\0" if properties is not None else b"") + b"\1"
    answer = b"\x90" + bytes([len(granted)]) + granted
    broker.say(
        publish(b"before", properties=properties)
        + answer
        + publish(b"after", properties=properties)
    )

    assert order == [b"before", "subscribed", b"after"]


def test_a_broken_up_message_is_told_once_it_is_whole(broker: Broker) -> None:
    """However the network cuts it, nothing is lost and nothing comes twice."""
    properties = broker.properties
    whole = publish(b"x" * 300, number=9, properties=properties)
    for octet in whole[:20]:
        broker.say(bytes([octet]))
    assert broker.told == []

    broker.say(whole[20:])

    assert broker.told == [(Message(b"loa/1", 9, b"x" * 300),)]


def test_acknowledgements_go_out_in_one_piece(broker: Broker) -> None:
    """Each message's number is said as MQTT has it, and in the order given."""
    broker.client.acknowledge([1, 258])
    broker.client.loop(timeout=0.01)

    assert broker.end.recv(65_536) == b"\x40\2\0\1\x40\2\1\2"


def test_properties_are_passed_over() -> None:
    """What a broker adds to a message in MQTT 5 is no part of what was said."""
    broker = Broker(speaks_5=True)
    expires_soon = b"\x02" + struct.pack("!I", 60)
    broker.say(publish(b"word", properties=expires_soon))
    broker.close()

    assert broker.told == [(Message(b"loa/1", 7, b"word"),)]


@pytest.mark.parametrize(
    "octets",
    [b"\x32\xff\xff\xff\xff\x01", b"\x32\x03\0\x09a"],
    ids=["endless length", "topic longer than the packet"],
)
def test_what_is_no_packet_ends_the_connection(octets: bytes) -> None:
    """A broker that says what no broker may say is not guessed at: paho refuses it."""
    broker = Broker()
    broker.say(octets)
    told, plain = list(broker.told), broker.client.socket()
    broker.close()

    assert told == []
    assert plain is None


def test_the_end_of_the_connection_is_met(broker: Broker) -> None:
    """What came before the end is told, and then the client knows that it is alone."""
    broker.end.sendall(publish(b"last", properties=broker.properties))
    broker.end.shutdown(socket.SHUT_WR)
    for _ in range(5):
        broker.client.loop(timeout=1)

    assert [message.payload for told in broker.told for message in told] == [b"last"]
    assert broker.client.socket() is None


@given(
    payloads=st.lists(st.binary(max_size=400), min_size=1, max_size=6),
    cuts=st.lists(st.integers(0, 2_000), max_size=8),
)
def test_any_cut_gives_the_same_packets(payloads: list[bytes], cuts: list[int]) -> None:
    """Whole packets come out of the socket whatever pieces they came in."""
    stream = b"".join(publish(each) for each in payloads)
    here, there = socket.socketpair()
    found: list[bytes] = []
    with here, there:
        here.setblocking(False)
        packets = PacketSocket(here)
        places = sorted({min(cut, len(stream)) for cut in cuts} | {0, len(stream)})
        for first, last in pairwise(places):
            there.sendall(stream[first:last])
            found += packets.whole_packets()

    assert found == [publish(each) for each in payloads]
