"""Reading MQTT packets off the socket many at a time, for a client that hears thousands a second.

paho asks the system four times for each message, and its MQTT 5 reader builds two tables of names
for properties that are not there. Here everything that has come is read at once, messages are taken
apart in place, and whatever is no message goes to paho as it always did: connecting, subscribing,
acknowledgements, keeping alive.
"""

import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

READ_AT_ONCE = 65_536
_PUBLISH, _PUBACK = 0x30, 0x40
_PING_ANSWER = b"\xd0\0"
_LENGTH_OCTETS = 4
_NOTHING_YET = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Message(NamedTuple):
    """A message as it came; `number` is what it is acknowledged by, 0 at QoS 0."""

    topic: bytes
    number: int
    payload: bytes


class Malformed(Exception):
    """Octets that are no MQTT packet."""


class PacketSocket:
    """A socket that is read far ahead and gives whole packets; to paho it looks like its own."""

    def __init__(self, plain: socket.socket) -> None:
        self._plain = plain
        self._came = bytearray()
        self._given = bytearray()
        self._broken: OSError | None = None
        self._is_at_end = False

    def whole_packets(self) -> Iterator[bytes]:
        """Read what has come, and give each packet of which nothing is missing.

        Whatever ends the connection, or is no packet, is left to be met by `recv`.
        """
        self._read()
        at = 0
        try:
            while (end := _end_of_packet(self._came, at)) <= len(self._came) and end > at:
                yield bytes(self._came[at:end])
                at = end
        except Malformed:
            self._given += self._came[at:]
            at = len(self._came)
        finally:
            del self._came[:at]

    def give(self, packet: bytes) -> None:
        """Let this be what `recv` gives next."""
        self._given += packet

    @property
    def has_something(self) -> bool:
        """Whether `recv` has anything to give or to raise."""
        return bool(self._given) or self._is_at_end or self._broken is not None

    def recv(self, size: int) -> bytes:
        """What was given; the end of the connection, or its error, once there is no more."""
        if self._given:
            some = bytes(self._given[:size])
            del self._given[:size]
            return some
        if self._broken is not None:
            raise self._broken
        if self._is_at_end:
            return b""
        raise BlockingIOError

    def send(self, octets: Any) -> int:  # noqa: ANN401 - any buffer
        """As of the plain socket."""
        return self._plain.send(octets)

    def pending(self) -> int:
        """What TLS has read and not given: no `select` tells of it."""
        return self._plain.pending() if isinstance(self._plain, ssl.SSLSocket) else 0

    def fileno(self) -> int:
        """As of the plain socket."""
        return self._plain.fileno()

    def setblocking(self, flag: bool) -> None:
        """As of the plain socket."""
        self._plain.setblocking(flag)

    def close(self) -> None:
        """As of the plain socket."""
        self._plain.close()

    def break_off(self) -> None:
        """Let whoever reads or writes find the connection at its end; TLS says no goodbye."""
        with suppress(OSError):
            socket.socket.shutdown(self._plain, socket.SHUT_RDWR)

    def _read(self) -> None:
        try:
            some = self._plain.recv(READ_AT_ONCE)
        except _NOTHING_YET:
            return
        except OSError as error:
            self._broken = error
            return
        self._is_at_end = not some
        self._came += some


class BulkClient(paho.Client):
    """paho's client, but `heard` is told all messages that came together, in their order.

    They are at most at QoS 1, and acknowledged only by `acknowledge`: `on_message` is never called.
    """

    def __init__(
        self,
        client_id: str,
        *,
        heard: Callable[[Sequence[Message]], None],
        speaks_5: bool,
        clean_session: bool | None,
    ) -> None:
        super().__init__(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=clean_session,
            protocol=MQTTProtocolVersion.MQTTv5 if speaks_5 else MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
        )
        self._speaks_5 = speaks_5
        self._heard = heard
        self._packets: PacketSocket | None = None

    def acknowledge(self, numbers: Sequence[int]) -> None:
        """Say PUBACK to so many messages in one piece; may be called from any thread."""
        if numbers:
            octets = b"".join(b"\x40\x02" + number.to_bytes(2, "big") for number in numbers)
            self._packet_queue(_PUBACK, octets, numbers[-1], 1)

    def break_off(self) -> None:
        """End the connection as if it had been lost, so that the loop begins another one."""
        if self._packets is not None:
            self._packets.break_off()

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Take whatever has come: messages here, everything else by paho."""
        packets = self._packets
        if packets is None or self.socket() is None:
            return super().loop_read(max_packets)
        messages: list[Message] = []
        for packet in packets.whole_packets():
            message = self._message(packet)
            if message is not None:
                messages.append(message)
                continue
            # What came before it is told before it.
            self._tell(packets, messages)
            messages = []
            packets.give(packet)
            code = self._hand_over(packets)
            if code or self.socket() is None:
                return code
        self._tell(packets, messages)
        return self._hand_over(packets)

    def _hand_over(self, packets: PacketSocket) -> MQTTErrorCode:
        """Let paho take all that was given, and meet the end of the connection if it came."""
        code = MQTTErrorCode.MQTT_ERR_SUCCESS
        while packets.has_something and not code and self.socket() is not None:
            code = super().loop_read()
        return code

    def _message(self, packet: bytes) -> Message | None:
        """The packet's message; None of what is none, and of what paho is to refuse."""
        if packet[0] & 0xF0 != _PUBLISH:
            return None
        try:
            return _message_of(packet, has_properties=self._speaks_5)
        except Malformed:
            return None

    def _tell(self, packets: PacketSocket, messages: Sequence[Message]) -> None:
        if messages:
            self._heard(messages)
            # paho has seen none of them: this tells it that the broker lives.
            packets.give(_PING_ANSWER)

    def _create_socket(self) -> Any:  # noqa: ANN401 - what paho takes for a socket
        """Paho's own socket, read ahead."""
        self._packets = PacketSocket(super()._create_socket())  # type: ignore[arg-type]
        return self._packets


def _end_of_packet(octets: bytearray, at: int) -> int:
    """Where the packet that begins here ends; `at` itself where not even that is known yet."""
    length, shift = 0, 0
    for place in range(at + 1, at + 1 + _LENGTH_OCTETS):
        if place >= len(octets):
            return at
        length |= (octets[place] & 0x7F) << shift
        if octets[place] < 0x80:
            return place + 1 + length
        shift += 7
    raise Malformed


def _message_of(packet: bytes, *, has_properties: bool) -> Message:
    """A PUBLISH at QoS 0 or 1, taken apart."""
    qos = packet[0] >> 1 & 3
    at = 2
    while packet[at - 1] >= 0x80:
        at += 1
    topic_ends = at + 2 + int.from_bytes(packet[at : at + 2], "big")
    topic, at = packet[at + 2 : topic_ends], topic_ends
    number = 0
    if qos:
        number = int.from_bytes(packet[at : at + 2], "big")
        at += 2
    if has_properties:
        at = _end_of_properties(packet, at)
    if at > len(packet) or qos > 1:
        raise Malformed
    return Message(topic, number, packet[at:])


def _end_of_properties(packet: bytes, at: int) -> int:
    """Properties say nothing that the contract needs; without any that is one octet."""
    length, shift = 0, 0
    for place in range(at, min(at + _LENGTH_OCTETS, len(packet))):
        length |= (packet[place] & 0x7F) << shift
        if packet[place] < 0x80:
            return place + 1 + length
        shift += 7
    raise Malformed
