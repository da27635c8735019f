"""Who gets in, who may speak and who may hear: the same on the embedded broker and on Mosquitto."""

import pytest

from devices.protocol.credentials import load_credentials, new_secret, save_credentials
from tests.brokers import RunningBroker
from tests.devices.broker.commune import ROOT, STATION, Commune


def test_nobody_comes_in_without_a_name(commune: Commune) -> None:
    """An anonymous client is refused."""
    assert not commune.client(None).connect(commune.broker)


def test_a_wrong_secret_is_refused(commune: Commune) -> None:
    """A known device with another secret is refused."""
    assert not commune.client("loa-1", secret=new_secret()).connect(commune.broker)


def test_another_devices_secret_is_refused(commune: Commune) -> None:
    """A device's secret opens nothing but its own name."""
    stolen = commune.client("loa-1", secret=commune.secrets["loa-2"])

    assert not stolen.connect(commune.broker)


def test_an_unknown_user_is_refused(commune: Commune) -> None:
    """A name that the credentials file does not hold is refused."""
    assert not commune.client("loa-9", secret=new_secret()).connect(commune.broker)


def test_a_device_hears_its_station_and_is_heard(commune: Commune) -> None:
    """Plan, order, configuration and command go down; confirmation, status and health go up."""
    station, device = commune.joined(STATION), commune.joined("loa-1")
    station.subscribe(f"{ROOT}/from/#")
    down = [f"{ROOT}/plan/cum-dong", f"{ROOT}/now/cum-dong", f"{ROOT}/config/loa-1"]
    down += [f"{ROOT}/live/cum-dong", f"{ROOT}/to/loa-1"]
    up = [f"{ROOT}/from/loa-1/{what}" for what in ("confirm", "status", "health")]

    assert [device.subscribe(topic) for topic in down] == [1, 1, 1, 1, 1]
    for topic in down:
        station.publish(topic, topic.encode())
    for topic in up:
        device.publish(topic, topic.encode())
    assert [device.next().payload.decode() for _ in down] == down
    assert [station.next().payload.decode() for _ in up] == up


@pytest.mark.parametrize(
    "topic",
    [
        f"{ROOT}/from/loa-2/confirm",
        f"{ROOT}/from/loa-1",
        f"{ROOT}/from/loa-1/anything",
        f"{ROOT}/plan/cum-dong",
        f"{ROOT}/now/cum-dong",
        f"{ROOT}/live/cum-dong",
        f"{ROOT}/to/loa-1",
        f"{ROOT}/config/loa-1",
        "loa/1/xa-khac/from/loa-1/confirm",
    ],
)
def test_a_device_cannot_speak_for_others(commune: Commune, topic: str) -> None:
    """What a device says outside its own branch reaches nobody, now or later.

    Mosquitto also ends the forger's connection; the embedded broker keeps it.
    """
    station, neighbour = commune.joined(STATION), commune.joined("loa-2")
    station.subscribe(f"{ROOT}/from/#")
    mine_all = ("plan/cum-dong", "now/cum-dong", "live/cum-dong", "config/loa-2", "to/loa-2")
    for mine in mine_all:
        neighbour.subscribe(f"{ROOT}/{mine}")
    forger = commune.joined("loa-1")

    forger.paho.publish(topic, b"forged", qos=1, retain=True)
    if commune.broker.name == "embedded":
        forger.publish(f"{ROOT}/from/loa-1/status", b"still connected")
        assert station.next().payload == b"still connected"
    else:
        assert forger.left.wait(10)
    commune.joined("loa-3").publish(f"{ROOT}/from/loa-3/status", b"own")
    station.publish(f"{ROOT}/to/loa-2", b"end")

    assert station.next().payload == b"own"
    assert neighbour.next().payload == b"end"


@pytest.mark.parametrize(
    "topic_filter",
    [
        "#",
        "loa/#",
        "loa/1/+/plan/#",
        f"{ROOT}/plan/+",
        f"{ROOT}/plan/#",
        f"{ROOT}/plan/cum-tay",
        f"{ROOT}/live/cum-tay",
        f"{ROOT}/live/+",
        f"{ROOT}/+/cum-tay",
        f"{ROOT}/config/loa-3",
        f"{ROOT}/to/+",
        f"{ROOT}/from/#",
        "+/+/+/+/+",
        "$SYS/#",
    ],
)
def test_no_wildcard_lets_a_device_hear_others(commune: Commune, topic_filter: str) -> None:
    """Neither live nor retained messages of other clusters and devices reach a device."""
    station = commune.joined(STATION)
    for branch in ("plan/cum-tay", "config/loa-3", "to/loa-3"):
        station.publish(f"{ROOT}/{branch}", b"before", retain=True)
    commune.joined("loa-3").publish(f"{ROOT}/from/loa-3/status", b"before", retain=True)
    device = commune.joined("loa-1")
    device.subscribe(f"{ROOT}/to/loa-1")
    code = device.subscribe(topic_filter)
    for branch in ("plan/cum-tay", "config/loa-3", "to/loa-3"):
        station.publish(f"{ROOT}/{branch}", b"after")
    station.publish(f"{ROOT}/to/loa-1", b"end")

    heard = [device.next()]
    while heard[-1].payload != b"end":
        heard.append(device.next())
    assert {message.topic for message in heard} == {f"{ROOT}/to/loa-1"}
    if commune.broker.name == "embedded":
        assert code == 0x80


def test_a_client_id_cannot_be_stolen(commune: Commune) -> None:
    """A device that gives another's client id neither hears for it nor pushes it out."""
    station, owner = commune.joined(STATION), commune.joined("loa-1")
    owner.subscribe(f"{ROOT}/to/loa-1")
    thief = commune.client("loa-2", client_id="loa-1", clean=False)

    came_in = thief.connect(commune.broker)
    station.publish(f"{ROOT}/to/loa-1", b"for loa-1")

    assert owner.next().payload == b"for loa-1"
    assert not owner.left.is_set()
    assert thief.heard_so_far() == []
    if commune.broker.name == "embedded":
        assert not came_in


def test_a_stranger_cannot_push_a_device_out(commune: Commune) -> None:
    """A client with a wrong secret leaves the session of that client id as it was."""
    station, owner = commune.joined(STATION), commune.joined("loa-1", clean=False)
    owner.subscribe(f"{ROOT}/to/loa-1")

    for clean in (True, False):
        stranger = commune.client("loa-1", secret=new_secret(), clean=clean)
        assert not stranger.connect(commune.broker)
    station.publish(f"{ROOT}/to/loa-1", b"still here")

    assert owner.next().payload == b"still here"
    assert not owner.left.is_set()


def test_a_will_cannot_speak_for_others(commune: Commune) -> None:
    """A last will outside a device's own branch is never published."""
    station, neighbour = commune.joined(STATION), commune.joined("loa-2")
    station.publish(f"{ROOT}/plan/cum-dong", b"plan", retain=True)
    neighbour.subscribe(f"{ROOT}/plan/cum-dong")
    assert neighbour.next().payload == b"plan"
    device = commune.client("loa-1")
    device.paho.will_set(f"{ROOT}/plan/cum-dong", b"forged", qos=1, retain=True)

    if device.connect(commune.broker):
        device.vanish()
    station.publish(f"{ROOT}/plan/cum-dong", b"newer", retain=True)

    assert neighbour.next().payload == b"newer"


def test_a_revoked_device_is_out_at_once(commune: Commune, broker: RunningBroker) -> None:
    """Removed from the file, a device hears nothing more, is cut off, and is not let in again."""
    station, device = commune.joined(STATION), commune.joined("loa-1")
    device.subscribe(f"{ROOT}/to/loa-1")
    credentials = load_credentials(broker.registry)

    save_credentials(credentials.without_user("loa-1"), broker.registry)
    broker.credentials_changed()
    if broker.name == "embedded":
        station.publish(f"{ROOT}/to/loa-1", b"after")

    assert device.left.wait(10)
    assert device.heard_so_far() == []
    assert not commune.client("loa-1").connect(broker)


def test_a_new_device_is_let_in_without_a_restart(commune: Commune, broker: RunningBroker) -> None:
    """A device that was added to the file may log in from then on."""
    known = load_credentials(broker.registry)
    save_credentials(known.without_user("loa-3"), broker.registry)
    broker.credentials_changed()
    assert not commune.client("loa-3").connect(broker)

    save_credentials(known, broker.registry)
    broker.credentials_changed()

    assert commune.client("loa-3").connect(broker)
