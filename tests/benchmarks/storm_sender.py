"""`python -m tests.benchmarks.storm_sender PORT USER SECRET FILE`: says all of a file, fast.

One plain socket and packets put together beforehand, so that whoever listens is what is measured.
A line of the file is a topic, a tab, and the message. Prints a line when it is ready, waits for
one, and prints when it began and when the broker had acknowledged everything (Unix, in s).
"""

import itertools
import json
import socket
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

_IN_FLIGHT = 20_000
_AT_ONCE = 100


def main() -> int:
    """Connect, wait for the word, send."""
    port, user, secret, file = sys.argv[1:]
    packets = [
        publish_packet(*line.split("\t"), number=number)
        for line, number in zip(
            Path(file).read_text().splitlines(), itertools.cycle(range(1, 65_536)), strict=False
        )
    ]
    with socket.create_connection(("127.0.0.1", int(port))) as broker:
        broker.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        broker.sendall(connect_packet(user, secret))
        if broker.recv(4)[-1]:
            return 1
        _say({"event": "ready"})
        sys.stdin.readline()
        began_s = time.time()
        _send(broker, packets)
        _say({"event": "sent", "began_s": began_s, "acknowledged_s": time.time()})
        broker.sendall(b"\xe0\0")
    return 0


def _send(broker: socket.socket, packets: Sequence[bytes]) -> None:
    acknowledged, room = 0, threading.Semaphore(_IN_FLIGHT // _AT_ONCE)

    def listen() -> None:
        nonlocal acknowledged
        octets = 0
        while octets < 4 * len(packets):
            octets += len(broker.recv(65_536))
            while acknowledged + 4 * _AT_ONCE <= octets:
                acknowledged += 4 * _AT_ONCE
                room.release()

    listening = threading.Thread(target=listen)
    listening.start()
    for first in range(0, len(packets), _AT_ONCE):
        room.acquire()
        broker.sendall(b"".join(packets[first : first + _AT_ONCE]))
    listening.join()


def connect_packet(user: str, secret: str) -> bytes:
    """MQTT 3.1.1 CONNECT, clean session, no keep-alive."""
    body = _text("MQTT") + b"\x04\xc2\0\0" + _text(user) + _text(user) + _text(secret)
    return b"\x10" + _length(len(body)) + body


def publish_packet(topic: str, message: str, *, number: int) -> bytes:
    """MQTT 3.1.1 PUBLISH at QoS 1."""
    body = _text(topic) + number.to_bytes(2, "big") + message.encode()
    return b"\x32" + _length(len(body)) + body


def _text(text: str) -> bytes:
    octets = text.encode()
    return len(octets).to_bytes(2, "big") + octets


def _length(length: int) -> bytes:
    octets = bytearray()
    while True:
        length, low = divmod(length, 128)
        octets.append(low | (128 if length else 0))
        if not length:
            return bytes(octets)


def _say(event: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
