"""MQTT 3.1.1 packets as they come in: cut from the stream, and refused when they are not sound.

amqtt trusts what it reads (a bad length leaves it reading the next packet from the middle), so
nothing that fails here reaches it. Pure: bytes in, values out. Source: MQTT 3.1.1, sections 2, 3.
"""

from dataclasses import dataclass
from enum import IntEnum

from devices.protocol.filters import is_filter, is_topic
from devices.protocol.jws import MESSAGE_LIMIT_BYTES

PACKET_LIMIT_BYTES = MESSAGE_LIMIT_BYTES + 1_024
LEVEL_3_1_1 = 4
_USERNAME_FLAG, _PASSWORD_FLAG, _WILL_RETAIN = 0x80, 0x40, 0x20
_WILL_QOS, _WILL_FLAG, _CLEAN_FLAG, _RESERVED_FLAG = 0x18, 0x04, 0x02, 0x01


class PacketRefused(Exception):
    """These bytes are no packet that a client may send here; the connection is closed."""


class PacketType(IntEnum):
    """The packets that a client sends."""

    CONNECT = 1
    PUBLISH = 3
    PUBACK = 4
    PUBREC = 5
    PUBREL = 6
    PUBCOMP = 7
    SUBSCRIBE = 8
    UNSUBSCRIBE = 10
    PINGREQ = 12
    DISCONNECT = 14


_BODY_BYTES = {
    PacketType.PUBACK: 2,
    PacketType.PINGREQ: 0,
    PacketType.DISCONNECT: 0,
}
_FLAGS = {PacketType.SUBSCRIBE: 2, PacketType.UNSUBSCRIBE: 2}


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole packet: where its body begins in `raw`."""

    type: PacketType
    flags: int
    raw: bytes
    body_at: int

    @property
    def body(self) -> bytes:
        """What stands behind the fixed header."""
        return self.raw[self.body_at :]


@dataclass(frozen=True, slots=True)
class Connect:
    """What a client says of itself when it logs in."""

    level: int
    client_id: str
    username: str | None
    password: str | None
    keep_alive_s: int
    clean_session: bool
    will_topic: str | None
    will_retained: bool = False


class _Fields:
    """Reads a packet's body from left to right; raises PacketRefused where it ends too early."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def octets(self, count: int) -> bytes:
        taken = self._body[self._at : self._at + count]
        if len(taken) < count:
            msg = "packet ends inside a field"
            raise PacketRefused(msg)
        self._at += count
        return taken

    def number(self, count: int) -> int:
        return int.from_bytes(self.octets(count), "big")

    def text(self) -> str:
        try:
            text = self.octets(self.number(2)).decode()
        except UnicodeDecodeError as error:
            msg = "text is not UTF-8"
            raise PacketRefused(msg) from error
        if "\0" in text:
            msg = "text holds a null"
            raise PacketRefused(msg)
        return text

    def __bool__(self) -> bool:
        return self._at < len(self._body)


def next_frame(
    received: bytearray, *, limit_bytes: int, only: PacketType | None = None
) -> Frame | None:
    """Cut one whole packet off the front, or None until more has come.

    Raises PacketRefused as soon as the header shows a packet that is too long, unknown, or not
    the `only` type that is awaited.
    """
    if not received:
        return None
    type_, flags = _type_of(received[0])
    if only not in {None, type_}:
        msg = f"{type_.name} comes too early"
        raise PacketRefused(msg)
    length, body_at = 0, 1
    while True:
        if body_at >= len(received):
            return None
        octet = received[body_at]
        length |= (octet & 0x7F) << (7 * (body_at - 1))
        body_at += 1
        if octet < 0x80:
            break
        if body_at > 4:
            msg = "length has more than four octets"
            raise PacketRefused(msg)
    if body_at + length > limit_bytes:
        msg = f"packet of {length} bytes is over the limit of {limit_bytes}"
        raise PacketRefused(msg)
    if len(received) < body_at + length:
        return None
    raw = bytes(received[: body_at + length])
    del received[: body_at + length]
    return Frame(type_, flags, raw, body_at)


def _type_of(octet: int) -> tuple[PacketType, int]:
    try:
        return PacketType(octet >> 4), octet & 0x0F
    except ValueError as error:
        msg = f"packet type {octet >> 4} is not a client's"
        raise PacketRefused(msg) from error


def read_connect(frame: Frame) -> Connect:
    """Take a CONNECT apart; raise PacketRefused when it is none, or not sound."""
    if frame.type is not PacketType.CONNECT or frame.flags:
        msg = "first packet is no CONNECT"
        raise PacketRefused(msg)
    fields = _Fields(frame.body)
    if fields.text() != "MQTT":
        msg = "not MQTT 3.1.1"
        raise PacketRefused(msg)
    level, flags, keep_alive_s = fields.number(1), fields.number(1), fields.number(2)
    if level != LEVEL_3_1_1:
        # Another version lays the rest out in its own way; its sender is told so, nothing more.
        return Connect(level, "", None, None, keep_alive_s, clean_session=True, will_topic=None)
    _check_connect_flags(flags)
    client_id = fields.text()
    will_topic = fields.text() if flags & _WILL_FLAG else None
    if will_topic is not None:
        fields.octets(fields.number(2))
    connect = Connect(
        level=level,
        client_id=client_id,
        username=fields.text() if flags & _USERNAME_FLAG else None,
        password=fields.text() if flags & _PASSWORD_FLAG else None,
        keep_alive_s=keep_alive_s,
        clean_session=bool(flags & _CLEAN_FLAG),
        will_topic=will_topic,
        will_retained=bool(flags & _WILL_RETAIN),
    )
    _check_end(fields)
    return connect


def _check_connect_flags(flags: int) -> None:
    will = flags & (_WILL_RETAIN | _WILL_QOS)
    if flags & _RESERVED_FLAG or (will and not flags & _WILL_FLAG) or (flags & _WILL_QOS) > 0x08:
        msg = "CONNECT flags contradict each other, or the will asks for QoS 2"
        raise PacketRefused(msg)
    if flags & _PASSWORD_FLAG and not flags & _USERNAME_FLAG:
        msg = "a password without a username"
        raise PacketRefused(msg)


def check_frame(frame: Frame) -> None:
    """Raise PacketRefused unless this packet is sound and may follow a CONNECT.

    QoS 2 is refused: the contract has none, and its half-done handshakes would pile up here.
    """
    if frame.type in {PacketType.PUBLISH, PacketType.SUBSCRIBE, PacketType.UNSUBSCRIBE}:
        _check_flags(frame)
        _CHECKS[frame.type](frame)
    elif _BODY_BYTES.get(frame.type) != len(frame.body) or frame.flags:
        msg = f"{frame.type.name} is not sound here"
        raise PacketRefused(msg)


def _check_flags(frame: Frame) -> None:
    if frame.flags != _FLAGS.get(frame.type, frame.flags):
        msg = f"{frame.type.name} with flags {frame.flags}"
        raise PacketRefused(msg)


def _check_publish(frame: Frame) -> None:
    qos = (frame.flags >> 1) & 3
    fields = _Fields(frame.body)
    if qos > 1:
        msg = f"PUBLISH with QoS {qos}"
        raise PacketRefused(msg)
    if not is_topic(fields.text()):
        msg = "PUBLISH on what is no topic"
        raise PacketRefused(msg)
    if qos:
        _check_packet_id(fields)


def _check_subscribe(frame: Frame) -> None:
    fields = _Fields(frame.body)
    _check_packet_id(fields)
    _check_filter(fields)
    _check_qos(fields)
    while fields:
        _check_filter(fields)
        _check_qos(fields)


def _check_unsubscribe(frame: Frame) -> None:
    fields = _Fields(frame.body)
    _check_packet_id(fields)
    _check_filter(fields)
    while fields:
        _check_filter(fields)


def _check_packet_id(fields: _Fields) -> None:
    if not fields.number(2):
        msg = "packet id 0"
        raise PacketRefused(msg)


def _check_filter(fields: _Fields) -> None:
    if not is_filter(fields.text()):
        msg = "not a topic filter"
        raise PacketRefused(msg)


def _check_qos(fields: _Fields) -> None:
    if fields.number(1) > 2:
        msg = "not a QoS"
        raise PacketRefused(msg)


def _check_end(fields: _Fields) -> None:
    if fields:
        msg = "octets left over"
        raise PacketRefused(msg)


_CHECKS = {
    PacketType.PUBLISH: _check_publish,
    PacketType.SUBSCRIBE: _check_subscribe,
    PacketType.UNSUBSCRIBE: _check_unsubscribe,
}


def connack(code: int) -> bytes:
    """The answer to a refused CONNECT (MQTT 3.1.1, section 3.2.2.3)."""
    return bytes((0x20, 2, 0, code))
