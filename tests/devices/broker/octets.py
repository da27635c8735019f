"""MQTT packets octet by octet, written independently of the code under test."""


def packet(first: int, body: bytes) -> bytes:
    """A packet as the standard lays it out."""
    length, octets = len(body), b""
    while True:
        length, rest = divmod(length, 128)
        octets += bytes([rest | (0x80 if length else 0)])
        if not length:
            return bytes([first]) + octets + body


def text(value: str) -> bytes:
    """A length-prefixed UTF-8 text."""
    return len(value.encode()).to_bytes(2, "big") + value.encode()


def connect(
    *, flags: int, fields: list[str], name: str = "MQTT", level: int = 4, tail: bytes = b""
) -> bytes:
    """A CONNECT with a keep-alive of 60 s."""
    body = text(name) + bytes([level, flags, 0, 60])
    return packet(0x10, body + b"".join(map(text, fields)) + tail)
