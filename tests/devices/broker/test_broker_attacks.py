"""A device that was stolen, or a stranger, at the door of both brokers: nobody else suffers.

What a thief may do is counted here without the broker's own filters: its four topics up, its four
topics down, and nothing else in the world. `LOA_ATTACKS` sets how many examples each attack tries.
"""

import os
import socket
from contextlib import ExitStack, suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.broker.packets import PACKET_LIMIT_BYTES
from devices.protocol.credentials import load_credentials, save_credentials
from tests.devices.broker.commune import DEVICES, ROOT, STATION, Client, Commune
from tests.devices.broker.octets import connect, packet, text
from tests.devices.broker.raw import (
    CONNACK_ACCEPTED,
    is_taken,
    joined,
    login,
    publish,
    raw_client,
    subscribe,
)

THIEF = "loa-1"
MAY_SAY = {f"{ROOT}/from/{THIEF}/{what}" for what in ("confirm", "status", "health", "ask")}
MAY_HEAR = {
    f"{ROOT}/plan/cum-dong",
    f"{ROOT}/now/cum-dong",
    f"{ROOT}/config/{THIEF}",
    f"{ROOT}/to/{THIEF}",
}
OTHERS_HEAR = {
    device: [
        *(f"{ROOT}/{branch}/{cluster}" for branch in ("plan", "now")),
        *(f"{ROOT}/{branch}/{device}" for branch in ("config", "to")),
    ]
    for device, cluster in DEVICES.items()
    if device != THIEF
}
END = b"end"

bounded = settings(
    max_examples=int(os.environ.get("LOA_ATTACKS", "12")),
    deadline=None,
    # One broker serves all examples: what an earlier one left behind is part of the attack.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

WORDS = ["loa", "1", STATION, "xa-khac", "from", "plan", "now", "config", "to", *DEVICES]
LEVELS = st.sampled_from([*WORDS, "cum-dong", "cum-tay", "confirm", "status", "ask", "", "LOA-1"])
NEAR = st.sampled_from(
    [
        f"{ROOT}/{tail}"
        for tail in (
            *(f"from/{device}/{what}" for device in DEVICES for what in ("confirm", "ask", "x")),
            *(f"{branch}/{name}" for branch in ("plan", "now") for name in ("cum-dong", "cum-tay")),
            *(f"{branch}/{device}" for branch in ("config", "to") for device in DEVICES),
            f"from/{THIEF}",
            f"from/{THIEF}/status/more",
            f"from//{THIEF}/status",
        )
    ]
)
TOPICS = NEAR | st.lists(LEVELS, min_size=1, max_size=7).map("/".join).filter(bool)
WILD = st.lists(LEVELS | st.just("+"), min_size=1, max_size=6).map("/".join)
FILTERS = st.one_of(
    NEAR,
    WILD.filter(bool),
    WILD.map(lambda levels: f"{levels}/#"),
    st.sampled_from(["#", "+/#", "$SYS/#", "$share/g/#", "$share/g/+/+/+/+/+", "$queue/#"]),
    (NEAR | WILD).map(lambda shared: f"$share/g/{shared}"),
)


def the_others(commune: Commune) -> tuple[Client, list[Client]]:
    """The station, which hears all devices, and every other device, which hears what is its own."""
    station = commune.joined(STATION)
    station.subscribe(f"{ROOT}/from/#")
    devices = [commune.joined(device) for device in OTHERS_HEAR]
    for device, topics in zip(devices, OTHERS_HEAR.values(), strict=True):
        for topic in topics:
            device.subscribe(topic)
    return station, devices


def heard_until_end(client: Client) -> list[str]:
    """The topics of all that came before the end that an honest sender has said."""
    topics = []
    while (heard := client.next()).payload != END:
        topics.append(heard.topic)
    return topics


def say_end(station: Client, devices: list[Client]) -> None:
    """Let everybody know that the attack is over."""
    devices[0].publish(f"{ROOT}/from/loa-2/status", END)
    for topics in OTHERS_HEAR.values():
        station.publish(topics[-1], END)


def test_no_topic_lets_a_thief_speak_for_others(commune: Commune) -> None:
    """Whatever topics it thinks of, only its own four are heard, now and retained."""
    station, devices = the_others(commune)

    @bounded
    @given(said=st.lists(TOPICS, min_size=1, max_size=8), retain=st.booleans())
    def attack(said: list[str], retain: bool) -> None:
        for topic in said:
            with joined(commune.broker, THIEF, commune.secrets[THIEF]) as thief:
                thief.sendall(publish(topic, b"forged", retain=retain))
                is_taken(thief)
        say_end(station, devices)
        assert set(heard_until_end(station)) <= MAY_SAY
        for device in devices:
            assert heard_until_end(device) == []

    attack()
    for device in devices:
        device.close()
    for device, topics in OTHERS_HEAR.items():
        late = commune.joined(device)
        for topic in topics:
            late.subscribe(topic)
        station.publish(topics[-1], END)
        assert heard_until_end(late) == []


def test_no_filter_lets_a_thief_hear_others(commune: Commune) -> None:
    """Whatever it subscribes to, wildcards and shared ones included, it hears its own four."""
    station, devices = the_others(commune)
    everything = sorted({topic for topics in OTHERS_HEAR.values() for topic in topics} | MAY_HEAR)

    @bounded
    @given(asked=st.lists(FILTERS, min_size=1, max_size=6))
    def attack(asked: list[str]) -> None:
        thief = commune.joined(THIEF)
        for topic_filter in filter(_is_sendable, asked):
            thief.paho.subscribe(topic_filter, 1)
        thief.subscribe(f"{ROOT}/to/{THIEF}")
        for topic in everything:
            station.publish(topic, b"private", retain=topic.split("/")[3] in {"plan", "config"})
        devices[0].publish(f"{ROOT}/from/loa-2/confirm", b"private")
        devices[1].publish(f"{ROOT}/from/loa-3/ask", b"private")
        station.publish(f"{ROOT}/to/{THIEF}", END)
        assert set(heard_until_end(thief)) <= MAY_HEAR
        thief.close()
        say_end(station, devices)
        assert len(heard_until_end(station)) == 2
        for device, topics in zip(devices, OTHERS_HEAR.values(), strict=True):
            assert sorted(heard_until_end(device)) == sorted(topics)

    attack()


def _is_sendable(topic_filter: str) -> bool:
    """What paho itself refuses is the matter of the malformed packets below."""
    return "#" not in topic_filter[:-1]


SOUND = st.sampled_from(
    [
        publish(f"{ROOT}/from/{THIEF}/status", b"x"),
        publish(f"{ROOT}/from/loa-2/status", b"x"),
        subscribe(f"{ROOT}/to/{THIEF}", "#"),
        packet(0xA2, b"\x00\x01" + text("#")),
        packet(0x40, b"\x00\x01"),
        packet(0x62, b"\x00\x01"),
        packet(0x34, text(f"{ROOT}/from/{THIEF}/status") + b"\x00\x07x"),
        connect(flags=0xC2, fields=["loa-2", "loa-2", "guess"]),
    ]
)


@st.composite
def spoilt(draw: st.DrawFn) -> bytes:
    """A packet in which some octets were changed, cut off or put in."""
    octets = bytearray(draw(SOUND))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(octets) - 1)) if octets else 0
        octets[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=4))
    return bytes(octets)


def test_no_octets_disturb_the_others(commune: Commune) -> None:
    """Before a login or after it, whole or spoilt: the others hear on and the broker lives."""
    station, devices = the_others(commune)

    @bounded
    @given(octets=st.lists(spoilt() | st.binary(max_size=60), max_size=5), known=st.booleans())
    def attack(octets: list[bytes], known: bool) -> None:
        with raw_client(commune.broker) as thief, suppress(OSError):
            if known:
                thief.sendall(login(THIEF, commune.secrets[THIEF]))
                assert thief.recv(4) == CONNACK_ACCEPTED
            thief.sendall(b"".join(octets))
            thief.shutdown(socket.SHUT_WR)
            while thief.recv(65_536):
                pass
        say_end(station, devices)
        assert set(heard_until_end(station)) <= MAY_SAY
        for device in devices:
            assert heard_until_end(device) == []

    attack()
    assert commune.broker.process.poll() is None


def test_a_packet_over_the_limit_ends_its_senders_connection_only(commune: Commune) -> None:
    """The largest passes; ten octets more do not (Mosquitto does not count the packet's head)."""
    station, _ = the_others(commune)
    topic = f"{ROOT}/from/{THIEF}/confirm"
    head_bytes = len(publish(topic, bytes(PACKET_LIMIT_BYTES - 100))) - PACKET_LIMIT_BYTES + 100
    largest = bytes(PACKET_LIMIT_BYTES - head_bytes)
    for payload, passes in ((largest, True), (largest + bytes(10), False)):
        with joined(commune.broker, THIEF, commune.secrets[THIEF]) as thief:
            with suppress(OSError):
                thief.sendall(publish(topic, payload))
            assert is_taken(thief) is passes

    assert station.next().payload == largest
    commune.joined("loa-2")
    assert station.heard_so_far() == []


def test_no_client_id_takes_over_anothers_session(commune: Commune) -> None:
    """With its own login and any client id a thief gets neither a session nor what waits in it."""
    station = commune.joined(STATION)
    owner = commune.joined("loa-2", clean=False)
    owner.subscribe(f"{ROOT}/to/loa-2")
    owner.close()
    station.publish(f"{ROOT}/to/loa-2", b"waits for loa-2")

    @bounded
    @given(
        client_id=st.sampled_from(["loa-2", "LOA-2", "loa-2 ", "", STATION, "loa-2/#", "x" * 200])
        | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
        clean=st.booleans(),
    )
    def attack(client_id: str, clean: bool) -> None:
        with raw_client(commune.broker) as thief:
            secret = commune.secrets[THIEF]
            thief.sendall(login(THIEF, secret, client_id=client_id, clean=clean))
            with suppress(TimeoutError, OSError):
                thief.settimeout(2)
                came = thief.recv(4)
                if came == CONNACK_ACCEPTED:
                    thief.sendall(subscribe(f"{ROOT}/to/loa-2") + packet(0xC0, b""))
                    while b"\xd0\x00" not in came:
                        came += thief.recv(1_000)
                assert b"waits" not in came

    attack()
    assert not station.left.is_set()
    assert commune.joined("loa-2", clean=False).next().payload == b"waits for loa-2"


def test_a_thief_leaves_behind_no_more_than_its_own_topics(commune: Commune) -> None:
    """What it retained is four messages at most, is marked as retained, and outlives its login.

    So the station takes nothing retained for news: the signed content decides.
    """
    with joined(commune.broker, THIEF, commune.secrets[THIEF]) as thief:
        for number in range(200):
            topic = sorted(MAY_SAY)[number % 4]
            thief.sendall(publish(topic, f"old {number}".encode(), retain=True))
        assert is_taken(thief)
    known = load_credentials(commune.broker.registry)
    save_credentials(known.without_user(THIEF), commune.broker.registry)
    commune.broker.credentials_changed()

    station = commune.joined(STATION)
    station.subscribe(f"{ROOT}/from/#")
    left = [station.next() for _ in range(4)]
    commune.joined("loa-2").publish(f"{ROOT}/from/loa-2/status", END)

    assert {each.topic for each in left} == MAY_SAY
    assert all(each.retained for each in left)
    assert station.next().payload == END


def test_a_flood_of_questions_silences_nobody(commune: Commune) -> None:
    """While a thief asks for the time without a pause, orders come down and others are heard."""
    station, devices = the_others(commune)
    with joined(commune.broker, THIEF, commune.secrets[THIEF]) as thief:
        flood = b"".join(
            publish(f"{ROOT}/from/{THIEF}/ask", b"?" * 300, packet_id=number)
            for number in range(1, 5_001)
        )
        thief.settimeout(0.1)
        with suppress(TimeoutError):
            thief.sendall(flood)
        devices[1].publish(f"{ROOT}/from/loa-3/confirm", b"played")
        station.publish(f"{ROOT}/now/cum-dong", b"evacuate")

        assert devices[0].next().payload == b"evacuate"
        while station.next().payload != b"played":
            pass


def test_who_does_not_acknowledge_holds_up_nobody(commune: Commune) -> None:
    """A thief that lets thousands of the station's answers lie delays no order to the others."""
    station, devices = the_others(commune)
    with joined(commune.broker, THIEF, commune.secrets[THIEF]) as thief:
        thief.sendall(subscribe(f"{ROOT}/to/{THIEF}"))
        assert is_taken(thief)
        for number in range(3_000):
            last = station.paho.publish(f"{ROOT}/to/{THIEF}", str(number).encode(), qos=1)
        devices[1].publish(f"{ROOT}/from/loa-3/confirm", b"played")
        last.wait_for_publish(10)
        station.publish(f"{ROOT}/now/cum-dong", b"evacuate")

        assert devices[0].next().payload == b"evacuate"
        assert station.next().payload == b"played"


def test_a_flood_leaves_room_in_the_queue_of_an_absent_station(commune: Commune) -> None:
    """More than the queue holds from one device, and the others' words are there all the same."""
    station = commune.joined(STATION, clean=False)
    station.subscribe(f"{ROOT}/from/+/+")
    station.close()
    honest = commune.joined("loa-2")
    honest.publish(f"{ROOT}/from/loa-2/confirm", b"before the flood")
    with joined(commune.broker, THIEF, commune.secrets[THIEF]) as thief:
        for first in range(0, 6_000, 500):
            thief.sendall(
                b"".join(
                    publish(f"{ROOT}/from/{THIEF}/ask", b"?", packet_id=number + 1)
                    for number in range(first, first + 500)
                )
            )
            assert is_taken(thief)
    honest.publish(f"{ROOT}/from/loa-2/confirm", b"after the flood")

    again = commune.joined(STATION, clean=False)
    told = []
    while b"after the flood" not in told:
        heard = again.next()
        told += [heard.payload] if heard.topic == f"{ROOT}/from/loa-2/confirm" else []

    assert told == [b"before the flood", b"after the flood"]


def test_filters_by_the_thousand_slow_nobody_down(commune: Commune) -> None:
    """A thief that subscribes to whatever it can think of makes no order late."""
    station, devices = the_others(commune)
    with ExitStack() as crowd:
        thief = crowd.enter_context(joined(commune.broker, THIEF, commune.secrets[THIEF]))
        for first in range(0, 5_000, 500):
            thief.sendall(subscribe(*(f"+/{number}/#" for number in range(first, first + 500))))
            assert is_taken(thief)
        station.publish(f"{ROOT}/now/cum-dong", b"evacuate")

        assert devices[0].next().payload == b"evacuate"
