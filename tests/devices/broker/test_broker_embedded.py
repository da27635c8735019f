"""What is true of the embedded broker alone: faults of amqtt put right, and bounds held."""

import asyncio
import json
import socket
import threading
import time

import pytest
from amqtt.session import ApplicationMessage, Session
from structlog.testing import capture_logs

from devices.broker.packets import PACKET_LIMIT_BYTES
from devices.broker.refusals import SAY_AGAIN_AFTER_S, Refusals
from devices.broker.subscriptions import SubscriptionTable
from devices.broker.waiting import (
    IN_FLIGHT_LIMIT_BYTES,
    IN_FLIGHT_LIMIT_MESSAGES,
    QUEUE_LIMIT_BYTES,
    QUEUE_LIMIT_MESSAGES,
    InFlight,
    Waiting,
    keep_for,
    take_all,
)
from tests.devices.broker.commune import DEVICES, ROOT, STATION, Commune
from tests.devices.broker.octets import connect, packet, text
from tests.devices.broker.raw import (
    CONNACK_ACCEPTED,
    is_closed,
    is_taken,
    joined,
    login,
    publish,
    raw_client,
)


@pytest.mark.parametrize(
    "raw",
    [
        b"GET / HTTP/1.1\r\nHost: loa\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x10\xff\xff\xff\x7f",
        b"\x10\x02\x00\x00",
        packet(0x30, text("a")),
        b"\xff" * 100,
    ],
)
def test_what_is_no_login_is_cut_off(embedded_commune: Commune, raw: bytes) -> None:
    """A stranger's garbage ends its own connection and nothing else."""
    witness = embedded_commune.joined("loa-1")
    with raw_client(embedded_commune.broker) as client:
        client.sendall(raw)
        assert is_closed(client)

    assert witness.subscribe(f"{ROOT}/to/loa-1") == 1


@pytest.mark.parametrize(
    "raw",
    [
        packet(0x30, text("a/#")),
        packet(0x34, text(f"{ROOT}/from/loa-2/status") + b"\x00\x01"),
        packet(0x82, b"\x00\x01" + text("a#") + b"\x01"),
        packet(0x82, b"\x00\x01\xff\xff"),
        packet(0x10, b""),
        b"\xf0\x00",
        b"\x30\xff\xff\xff\x7f",
        b"\x32\xff\xff\xff\xff\xff",
    ],
)
def test_a_device_that_breaks_the_protocol_is_cut_off(
    embedded_commune: Commune, raw: bytes
) -> None:
    """Its will is said, the others are not disturbed, and it may come again."""
    commune = embedded_commune
    station = commune.joined(STATION)
    station.subscribe(f"{ROOT}/from/#")
    with raw_client(commune.broker) as client:
        client.sendall(_login_with_will(commune))
        assert client.recv(4) == CONNACK_ACCEPTED
        client.sendall(raw)
        assert is_closed(client)

    assert station.next().payload == b"lost"
    assert commune.client("loa-2").connect(commune.broker)


def _login_with_will(commune: Commune) -> bytes:
    topic = f"{ROOT}/from/loa-2/status"
    fields = ["loa-2", topic, "lost", "loa-2", commune.secrets["loa-2"]]
    return connect(flags=0xC0 | 0x06, fields=fields)


def test_a_device_that_leaves_in_the_doorway_may_come_again(embedded_commune: Commune) -> None:
    """A line that breaks right after the CONNECT is noticed every time."""
    commune = embedded_commune
    station = commune.joined(STATION)
    station.subscribe(f"{ROOT}/from/#")
    for _ in range(30):
        with raw_client(commune.broker) as client:
            client.sendall(_login_with_will(commune))
            client.shutdown(socket.SHUT_WR)
            assert client.recv(4)[:1] == b"\x20"

    assert [station.next().payload for _ in range(30)] == [b"lost"] * 30
    assert commune.client("loa-2").connect(commune.broker)


def test_a_goodbye_in_the_doorway_is_a_goodbye(embedded_commune: Commune) -> None:
    """CONNECT, PUBLISH and DISCONNECT in one breath: the word is said, the will is not."""
    commune = embedded_commune
    station = commune.joined(STATION)
    station.subscribe(f"{ROOT}/from/#")
    status = packet(0x30, text(f"{ROOT}/from/loa-2/status") + b"brief")
    for _ in range(30):
        with raw_client(commune.broker) as client:
            client.sendall(_login_with_will(commune) + status + packet(0xE0, b""))
            assert client.recv(4)[:1] == b"\x20"
            assert is_closed(client)

    assert [station.next().payload for _ in range(30)] == [b"brief"] * 30
    commune.joined("loa-1").publish(f"{ROOT}/from/loa-1/status", b"end")
    assert station.next().payload == b"end"


def test_the_largest_message_of_the_contract_passes(embedded_commune: Commune) -> None:
    """256 KiB go through whole; one octet over the packet limit ends the connection."""
    station, device = embedded_commune.joined(STATION), embedded_commune.joined("loa-1")
    device.subscribe(f"{ROOT}/plan/cum-dong")
    largest = bytes(262_144)

    station.publish(f"{ROOT}/plan/cum-dong", largest)
    assert device.next().payload == largest
    device.paho.publish(f"{ROOT}/from/loa-1/health", bytes(PACKET_LIMIT_BYTES), qos=0)

    assert device.left.wait(10)
    assert not station.left.is_set()


def test_a_packet_may_come_octet_by_octet(embedded_commune: Commune) -> None:
    """A slow line with a short keep-alive does not garble what comes."""
    commune = embedded_commune
    station = commune.joined(STATION)
    station.subscribe(f"{ROOT}/from/#")
    body = text("MQTT") + bytes([4, 0xC2, 0, 1])
    body += b"".join(map(text, ("loa-1", "loa-1", commune.secrets["loa-1"])))
    status = packet(0x30, text(f"{ROOT}/from/loa-1/status") + b"slow")
    with raw_client(commune.broker) as client:
        client.sendall(packet(0x10, body))
        assert client.recv(4) == CONNACK_ACCEPTED
        client.sendall(status[:1])
        time.sleep(1.2)  # past amqtt's own timer, which forgets half a header
        client.sendall(status[1:])

        assert station.next().payload == b"slow"


def test_a_client_of_mqtt_5_is_told_the_version(embedded_commune: Commune) -> None:
    """CONNACK 1: unacceptable protocol version."""
    with raw_client(embedded_commune.broker) as client:
        client.sendall(connect(flags=2, fields=["c"], level=5))

        assert client.recv(4) == b"\x20\x02\x00\x01"
        assert is_closed(client)


def test_a_refused_login_says_why(embedded_commune: Commune) -> None:
    """Wrong secret: not authorised; another's client id: identifier rejected."""
    secret = embedded_commune.secrets["loa-1"]
    wrong = connect(flags=0xC2, fields=["loa-1", "loa-1", "guess"])
    theft = connect(flags=0xC2, fields=["loa-2", "loa-1", secret])
    for raw, code in ((wrong, 5), (theft, 2)):
        with raw_client(embedded_commune.broker) as client:
            client.sendall(raw)
            assert client.recv(4) == bytes((0x20, 2, 0, code))
            assert is_closed(client)


def test_a_newcomer_hears_no_retained_message_before_it_asks(embedded_commune: Commune) -> None:
    """Amqtt would hand it all that anybody subscribed to."""
    commune = embedded_commune
    station = commune.joined(STATION)
    station.subscribe(f"{ROOT}/from/#")
    commune.joined("loa-2").publish(f"{ROOT}/from/loa-2/status", b"private", retain=True)
    commune.joined("loa-3").subscribe(f"{ROOT}/plan/cum-tay")
    station.publish(f"{ROOT}/plan/cum-tay", b"of others", retain=True)

    with raw_client(commune.broker) as client:
        client.sendall(login("loa-1", commune.secrets["loa-1"]) + packet(0xC0, b""))

        assert client.recv(4) == CONNACK_ACCEPTED
        assert client.recv(100) == b"\xd0\x00"


def test_what_was_not_acknowledged_comes_again(embedded_commune: Commune) -> None:
    """A device that loses the line before its PUBACK finds the message when it is back."""
    commune = embedded_commune
    station, topic = commune.joined(STATION), f"{ROOT}/now/cum-dong"
    with raw_client(commune.broker) as client:
        client.sendall(login("loa-1", commune.secrets["loa-1"], clean=False))
        assert client.recv(4) == CONNACK_ACCEPTED
        client.sendall(packet(0x82, b"\x00\x01" + text(topic) + b"\x01"))
        assert client.recv(5) == b"\x90\x03\x00\x01\x01"
        station.publish(topic, b"evacuate")
        assert b"evacuate" in client.recv(1_000)

    again = commune.joined("loa-1", clean=False)

    message = again.next()
    assert (message.topic, message.payload, message.retained) == (topic, b"evacuate", False)


def test_what_is_not_acknowledged_in_time_comes_again(embedded_commune: Commune) -> None:
    """Amqtt gives up waiting after 5 s; the message is there at the next connection."""
    commune = embedded_commune
    station, topic = commune.joined(STATION), f"{ROOT}/now/cum-dong"
    with raw_client(commune.broker) as client:
        client.sendall(login("loa-1", commune.secrets["loa-1"], clean=False))
        assert client.recv(4) == CONNACK_ACCEPTED
        client.sendall(packet(0x82, b"\x00\x01" + text(topic) + b"\x01"))
        assert client.recv(5) == b"\x90\x03\x00\x01\x01"
        station.publish(topic, b"evacuate")
        assert b"evacuate" in client.recv(1_000)
        time.sleep(5.5)
        client.sendall(packet(0xE0, b""))
        assert is_closed(client)

    assert commune.joined("loa-1", clean=False).next().payload == b"evacuate"


def test_a_thousand_messages_wait_and_come_in_order(embedded_commune: Commune) -> None:
    """A backlog larger than any window is handed over whole."""
    commune = embedded_commune
    commune.joined(STATION, clean=False).subscribe(f"{ROOT}/from/+/confirm")
    commune._clients[0].close()
    device = commune.joined("loa-1")
    said = [str(number).encode() for number in range(1_000)]
    for batch in said:
        last = device.paho.publish(f"{ROOT}/from/loa-1/confirm", batch, qos=1)
    last.wait_for_publish(10)

    again = commune.joined(STATION, clean=False)

    assert [again.next().payload for _ in said] == said


def test_coming_and_going_loses_no_one_elses_message(embedded_commune: Commune) -> None:
    """While other devices subscribe and leave, a subscriber that stays misses nothing."""
    commune = embedded_commune
    station, steady = commune.joined(STATION), commune.joined("loa-1")
    steady.subscribe(f"{ROOT}/now/cum-dong")
    stop = threading.Event()

    def restless() -> None:
        while not stop.is_set():
            with raw_client(commune.broker) as client:
                client.sendall(login("loa-2", commune.secrets["loa-2"]))
                filters = b"".join(
                    text(f"{ROOT}/{branch}") + b"\x01"
                    for branch in ("now/cum-dong", "to/loa-2", "config/loa-2")
                )
                client.sendall(packet(0x82, b"\x00\x01" + filters))
                client.recv(100)

    visitor = threading.Thread(target=restless)
    visitor.start()
    try:
        said = [str(number).encode() for number in range(400)]
        for payload in said:
            station.publish(f"{ROOT}/now/cum-dong", payload)
        assert [steady.next().payload for _ in said] == said
    finally:
        stop.set()
        visitor.join()


def test_many_strangers_do_not_keep_a_device_out(embedded_commune: Commune) -> None:
    """Connections that never say who they are do not use up the broker."""
    broker = embedded_commune.broker
    crowd = [socket.create_connection((broker.host, broker.port)) for _ in range(150)]
    try:
        assert embedded_commune.client("loa-1").connect(broker)
    finally:
        for stranger in crowd:
            stranger.close()


def test_devices_that_come_over_and_over_leave_nothing_behind(embedded_commune: Commune) -> None:
    """After 300 logins the process has grown by less than 5 MB."""
    commune = embedded_commune

    def visit() -> None:
        for username in DEVICES:
            with raw_client(commune.broker) as client:
                client.sendall(login(username, commune.secrets[username], clean=False))
                assert client.recv(4)[3] == 0

    for _ in range(20):
        visit()
    before = _resident_kb(commune.broker.process.pid)
    for _ in range(100):
        visit()

    assert _resident_kb(commune.broker.process.pid) - before < 5_000


def _resident_kb(pid: int) -> int:
    with open(f"/proc/{pid}/status") as status:  # noqa: PTH123 - not a file of ours
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def _message(size: int = 1) -> ApplicationMessage:
    return ApplicationMessage(None, "t", 1, bytes(size), retain=False)


def test_a_queue_forgets_its_oldest_beyond_its_bounds() -> None:
    """Neither many small messages nor few large ones grow a queue for ever."""

    async def scenario() -> None:
        session = Session()
        many = range(QUEUE_LIMIT_MESSAGES + 7)
        forgotten = sum(keep_for(session, _message(), number=number) for number in many)
        assert forgotten == 7
        assert len(take_all(session)) == QUEUE_LIMIT_MESSAGES
        large = QUEUE_LIMIT_BYTES // 4
        kept = [keep_for(session, _message(large), number=number) for number in range(6)]
        assert kept == [0, 0, 0, 0, 1, 1]
        assert keep_for(session, _message(QUEUE_LIMIT_BYTES * 2), number=6) == 4
        assert len(take_all(session)) == 1

    asyncio.run(scenario())


def test_only_others_wait_for_a_slow_client() -> None:
    """A client over its bound stops the others' messages, never its own acknowledgements."""
    in_flight = InFlight()
    for _ in range(IN_FLIGHT_LIMIT_MESSAGES + 1):
        in_flight.begin("slow", size_bytes=1)

    assert in_flight.lags("slow")
    assert in_flight.others_that_lag("quick") == {"slow"}
    assert in_flight.others_that_lag("slow") == set()
    in_flight.end("slow", size_bytes=1)
    assert in_flight.others_that_lag("quick") == set()
    in_flight.begin("slow", size_bytes=IN_FLIGHT_LIMIT_BYTES)
    assert in_flight.lags("slow")


def test_walking_the_subscriptions_survives_a_change() -> None:
    """A filter that comes while the table is walked is simply not seen yet."""
    table = SubscriptionTable()
    table["a/b"] = []
    table["a/+"] = []

    for topic_filter in table:
        table[f"{topic_filter}/new"] = []

    assert len(table) == 4


def test_a_queue_forgets_from_the_topic_that_fills_it() -> None:
    """A flood on one topic pushes out itself, and what is kept comes in the order it came."""
    waiting = Waiting()
    flood = range(1, QUEUE_LIMIT_MESSAGES + 51)
    waiting.add(ApplicationMessage(None, "quiet", 1, b"last", retain=False), number=len(flood) + 1)
    forgotten = sum(waiting.add(_message(), number=number) for number in flood)
    forgotten += waiting.add(ApplicationMessage(None, "quiet", 1, b"first", retain=False), number=0)
    kept = [message for _, message in waiting.in_order()]

    assert forgotten == 52
    assert (kept[0].data, kept[-1].data, len(kept)) == (b"first", b"last", QUEUE_LIMIT_MESSAGES)


def test_a_device_that_acknowledges_nothing_finds_all_of_it_later(
    embedded_commune: Commune,
) -> None:
    """Beyond its bound the rest is held back until it comes again; nothing is lost on the way."""
    commune = embedded_commune
    station, topic = commune.joined(STATION), f"{ROOT}/to/loa-1"
    said = [str(number).encode() for number in range(IN_FLIGHT_LIMIT_MESSAGES + 500)]
    with raw_client(commune.broker) as client:
        client.sendall(login("loa-1", commune.secrets["loa-1"], clean=False))
        assert client.recv(4) == CONNACK_ACCEPTED
        client.sendall(packet(0x82, b"\x00\x01" + text(topic) + b"\x01"))
        assert client.recv(5) == packet(0x90, b"\x00\x01\x01")
        for payload in said:
            last = station.paho.publish(topic, payload, qos=1)
        last.wait_for_publish(10)

    again = commune.joined("loa-1", clean=False)
    assert [again.next().payload for _ in said] == said


def test_a_device_slow_to_acknowledge_gets_the_rest_as_it_goes_on(
    embedded_commune: Commune,
) -> None:
    """What was held back follows in order, without a new connection."""
    commune = embedded_commune
    station, topic = commune.joined(STATION), f"{ROOT}/now/cum-dong"
    device = commune.client("loa-1")
    device.paho.manual_ack_set(on=True)
    assert device.connect(commune.broker)
    device.subscribe(topic)
    said = [bytes(250_000) + bytes([number]) for number in range(30)]
    for payload in said:
        station.publish(topic, payload)
    first = [device.next() for _ in range(IN_FLIGHT_LIMIT_BYTES // 250_000 + 1)]
    assert device.heard_so_far() == []

    for number in range(1, len(said) + 1):
        device.paho.ack(number, 1)
    rest = [device.next() for _ in said[len(first) :]]

    assert [each.payload[-1] for each in first + rest] == list(range(30))


def test_what_was_acknowledged_is_handed_on(embedded_commune: Commune) -> None:
    """A device may hang up as soon as it has its acknowledgements."""
    commune = embedded_commune
    station = commune.joined(STATION)
    station.subscribe(f"{ROOT}/from/#")
    said = [str(number).encode() for number in range(2_000)]
    with joined(commune.broker, "loa-1", commune.secrets["loa-1"]) as client:
        for number, payload in enumerate(said, start=1):
            client.sendall(publish(f"{ROOT}/from/loa-1/confirm", payload, packet_id=number))
        awaited = 4 * len(said)
        while awaited:
            awaited -= len(client.recv(awaited))

    assert [station.next().payload for _ in said] == said


def test_attempts_are_counted_and_not_written_one_by_one(embedded_commune: Commune) -> None:
    """A hundred guesses and a hundred forgeries leave a line each in the log."""
    commune = embedded_commune
    for _ in range(100):
        with raw_client(commune.broker) as client:
            client.sendall(login("loa-1", "guess"))
            assert client.recv(4)[3] == 5
            assert is_closed(client)
    with joined(commune.broker, "loa-1", commune.secrets["loa-1"]) as client:
        for number in range(1, 101):
            client.sendall(publish(f"{ROOT}/plan/cum-dong", b"forged", packet_id=number))
        assert is_taken(client)
    commune.joined("loa-1").close()

    told = [json.loads(line) for line in commune.broker.log.read_text().splitlines()]
    assert [(each["event"], each["username"]) for each in told] == [
        ("login_refused", "loa-1"),
        ("publish_denied", "loa-1"),
    ]


def test_refusals_are_said_again_after_a_while() -> None:
    """With how often it happened since; a user's count is another's not."""
    now = 0.0
    counted = Refusals(clock=lambda: now)
    with capture_logs() as said:
        for user in ("loa-1", "loa-1", "loa-2"):
            counted.note("publish_denied", user=user)
        now = SAY_AGAIN_AFTER_S
        counted.note("publish_denied", user="loa-1")

    assert [(each["username"], each["times"]) for each in said] == [
        ("loa-1", 1),
        ("loa-2", 1),
        ("loa-1", 2),
    ]
    assert counted.totals() == {("publish_denied", "loa-1"): 3, ("publish_denied", "loa-2"): 1}
