"""The wire: handed over before it is acknowledged, published when the broker says so."""

import gc
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from broadcaster.wire import BrokerAddress, BrokerUnreachable, Delivery, Wire, parse_broker_url
from devices.protocol.credentials import (
    Credentials,
    Grants,
    credential_for,
    new_secret,
    save_credentials,
)
from tests.brokers import (
    RunningBroker,
    free_port,
    mosquitto_is_installed,
    start_embedded,
    start_mosquitto,
)

WAIT_S = 20.0
HEARD = "loa/1/xa-an-phu/from/+/+"
SAID = "loa/1/xa-an-phu/from/loa-1/confirm"
SECRETS = {"ear": new_secret(), "mouth": new_secret(), "mute": new_secret()}
GRANTS = {
    "ear": Grants(subscribe=(HEARD,)),
    "mouth": Grants(publish=(SAID,)),
    "mute": Grants(),
}

Join = Callable[..., Wire]


@pytest.fixture
def registry(tmp_path: Path) -> Path:
    """A client that hears, one that speaks, one that may do nothing."""
    path = tmp_path / "credentials.json"
    users = {name: credential_for(SECRETS[name], grants=GRANTS[name]) for name in SECRETS}
    save_credentials(Credentials(users=users), path)
    return path


@pytest.fixture(params=["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def broker(
    request: pytest.FixtureRequest, registry: Path, tmp_path: Path
) -> Iterator[RunningBroker]:
    """A running broker: each test that asks for it runs on both."""
    if request.param == "embedded":
        running = start_embedded(registry, tmp_path)
    elif mosquitto_is_installed():
        running = start_mosquitto(registry, tmp_path)
    else:
        pytest.skip("not run: install mosquitto")
    yield running
    running.stop()


@pytest.fixture
def join(broker: RunningBroker) -> Iterator[Join]:
    """Opens wires to the broker, and closes them all."""
    opened: list[Wire] = []

    def join(
        name: str,
        *,
        password: str | None = None,
        hears: str = "",
        patience_s: float = WAIT_S,
        **room: float,
    ) -> Wire:
        secret = password or SECRETS[name]
        wire = Wire(
            broker.url,
            username=name,
            password=secret,
            client_id=name,
            **room,  # type: ignore[arg-type]
        )
        opened.append(wire)
        if hears:
            wire.subscribe(hears)
        wire.start()
        if hears:
            wire.wait_subscribed(hears, timeout_s=patience_s)
        return wire

    yield join
    for wire in opened:
        wire.stop()


def deliveries(wire: Wire, count: int) -> list[Delivery]:
    """So many deliveries, waited for."""
    return [wire.deliveries.get(timeout=WAIT_S) for _ in range(count)]


def test_hears_what_is_said(join: Join) -> None:
    """A published message arrives with its topic and bytes, and publishing waits for the PUBACK."""
    ear, mouth = join("ear", hears=HEARD), join("mouth")
    mouth.wait_connected(timeout_s=WAIT_S)
    mouth.publish(SAID, b"word", timeout_s=WAIT_S)
    [delivery] = deliveries(ear, 1)
    delivery.ack()

    assert (delivery.topic, delivery.payload) == (SAID, b"word")


def test_is_told_again_what_it_did_not_acknowledge(join: Join) -> None:
    """What was not acknowledged comes again after the connection was lost; the rest does not."""
    ear, mouth = join("ear", hears=HEARD), join("mouth")
    mouth.wait_connected(timeout_s=WAIT_S)
    for word in (b"1", b"2", b"3"):
        mouth.publish(SAID, word, timeout_s=WAIT_S)
    kept, lost, also_lost = deliveries(ear, 3)
    kept.ack()
    mouth.publish(SAID, b"4", timeout_s=WAIT_S)
    last = deliveries(ear, 1)[0]
    ear.stop()
    again = join("ear", hears=HEARD)
    told = {delivery.payload for delivery in deliveries(again, 3)}

    assert [kept.payload, lost.payload, also_lost.payload, last.payload] == [b"1", b"2", b"3", b"4"]
    assert told == {b"2", b"3", b"4"}


def test_an_acknowledgement_from_before_names_nothing_now(join: Join) -> None:
    """After its connection is gone a delivery's acknowledgement is not sent to another."""
    ear, mouth = join("ear", hears=HEARD), join("mouth")
    mouth.wait_connected(timeout_s=WAIT_S)
    mouth.publish(SAID, b"1", timeout_s=WAIT_S)
    [old] = deliveries(ear, 1)
    ear.stop()
    again = join("ear", hears=HEARD)
    deliveries(again, 1)[0].ack()
    old.ack()

    assert again.connected


def test_gathers_what_comes_together(join: Join) -> None:
    """A drain waits for the first and gathers the rest, up to its limit."""
    ear, mouth = join("ear", hears=HEARD), join("mouth")
    mouth.wait_connected(timeout_s=WAIT_S)
    published = [mouth.publish_soon(SAID, str(number).encode()) for number in range(5)]
    for each in published:
        each.result(WAIT_S)
    first = ear.drain(limit=3, patience_s=WAIT_S, gather_s=WAIT_S)
    rest = ear.drain(limit=3, patience_s=WAIT_S, gather_s=0.2)
    nothing = ear.drain(limit=3, patience_s=0.01, gather_s=0.01)

    assert [each.payload for each in (*first, *rest)] == [b"0", b"1", b"2", b"3", b"4"]
    assert nothing == []


def test_comes_back_when_the_broker_does(
    broker: RunningBroker, registry: Path, tmp_path: Path, join: Join
) -> None:
    """A broker that was away is joined again, and the filter is heard again."""
    ear = join("ear", hears=HEARD)
    broker.stop()
    with pytest.raises(BrokerUnreachable):
        _until_refused(ear)
    start = start_embedded if broker.name == "embedded" else start_mosquitto
    second = start(registry, tmp_path, port=broker.port)
    try:
        # A broker that forgot the session says nothing before it has granted the filter anew.
        ear.wait_subscribed(HEARD, timeout_s=WAIT_S)
        mouth = join("mouth")
        mouth.wait_connected(timeout_s=WAIT_S)
        mouth.publish(SAID, b"word", timeout_s=WAIT_S)

        assert deliveries(ear, 1)[0].payload == b"word"
        assert ear.connections == 2
    finally:
        second.stop()


def _until_refused(wire: Wire) -> None:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        wire.publish_soon(SAID, b"")
        time.sleep(0.02)


def test_what_it_has_no_room_for_is_not_lost(join: Join) -> None:
    """A reader that is slow lets the rest stay with the broker, unacknowledged."""
    ear, mouth = join("ear", hears=HEARD, queue_size=1, room_wait_s=0.01), join("mouth")
    mouth.wait_connected(timeout_s=WAIT_S)
    for word in (b"1", b"2", b"3"):
        mouth.publish(SAID, word, timeout_s=WAIT_S)
    mouth.stop()
    heard = deliveries(ear, 1)
    heard[0].ack()
    ear.stop()
    left = ear.drain(limit=9, patience_s=0.01, gather_s=0.01)
    again = join("ear", hears=HEARD)

    assert heard[0].payload == b"1"
    assert {each.payload for each in deliveries(again, 2)} == {b"2", b"3"}
    assert len(left) <= 1


def test_what_it_had_no_room_for_comes_once_there_is_room(join: Join) -> None:
    """By a connection that it begins anew itself: nobody else would, perhaps for weeks."""
    ear, mouth = join("ear", hears=HEARD, queue_size=1, room_wait_s=0.01), join("mouth")
    mouth.wait_connected(timeout_s=WAIT_S)
    for word in (b"1", b"2"):
        mouth.publish(SAID, word, timeout_s=WAIT_S)
    deadline, heard = time.monotonic() + WAIT_S, set[bytes]()
    while len(heard) < 2:
        assert time.monotonic() < deadline, heard
        for each in ear.drain(limit=9, patience_s=0.1, gather_s=0.01):
            each.ack()
            heard.add(each.payload)

    assert heard == {b"1", b"2"}


def test_says_that_a_filter_was_refused(broker: RunningBroker, join: Join) -> None:
    """Where the broker says so, a filter that is not granted is a sentence (Mosquitto does not)."""
    if broker.name != "embedded":
        join("mute", hears=HEARD)
        return
    with pytest.raises(BrokerUnreachable) as refused:
        join("mute", hears=HEARD, patience_s=3)

    assert "refused" in refused.value.detail


# The client library drops its socket unclosed when a handshake fails.
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_speaks_tls_where_asked_to(broker: RunningBroker) -> None:
    """A `mqtts://` address is never spoken to in the clear."""
    wire = Wire(
        broker.url.replace("mqtt:", "mqtts:"),
        username="ear",
        password=SECRETS["ear"],
        client_id="ear",
    )
    wire.start()
    try:
        with pytest.raises(BrokerUnreachable):
            wire.wait_connected(timeout_s=1.5)
    finally:
        wire.stop()
        gc.collect()


def test_says_that_it_was_not_let_in(join: Join) -> None:
    """A wrong secret is a sentence with its reason, not a hang."""
    wire = join("ear", password="wrong")
    with pytest.raises(BrokerUnreachable) as refused:
        wire.wait_connected(timeout_s=2)

    assert refused.value.status == 503
    assert "authori" in refused.value.detail.lower()


def test_says_that_nobody_answers() -> None:
    """Where no broker listens, publishing says so at once, in Vietnamese."""
    wire = Wire(f"mqtt://127.0.0.1:{free_port()}", client_id="ear")
    wire.start()
    try:
        with pytest.raises(BrokerUnreachable):
            wire.wait_connected(timeout_s=0.2)
        with pytest.raises(BrokerUnreachable) as unreachable:
            wire.publish(SAID, b"word")
    finally:
        wire.stop()

    assert "máy chủ MQTT" in unreachable.value.message_vi


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("mqtt://localhost", BrokerAddress("localhost", 1883, False, None, None)),
        ("mqtts://đài.vn", BrokerAddress("đài.vn", 8883, True, None, None)),
        ("mqtt://a:b%40c@h:1", BrokerAddress("h", 1, False, "a", "b@c")),
        ("mqtt://a@[::1]:2", BrokerAddress("::1", 2, False, "a", None)),
    ],
)
def test_reads_a_brokers_address(url: str, address: BrokerAddress) -> None:
    """Host, port, TLS and login are read from the URL; the ports have their usual values."""
    assert parse_broker_url(url) == address


@pytest.mark.parametrize("url", ["", "localhost:1883", "http://h", "mqtt://", "mqtt://h:99999"])
def test_refuses_what_is_no_address(url: str) -> None:
    """Anything else is refused before a connection is tried."""
    with pytest.raises(ValueError, match=r"broker|[Pp]ort"):
        parse_broker_url(url)
