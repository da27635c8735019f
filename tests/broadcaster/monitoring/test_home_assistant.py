"""Loudspeakers in Home Assistant: honest states, by a broker that somebody named."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from broadcaster import __version__
from broadcaster.database import Database
from broadcaster.fleet.tables import Device, DeviceStatus
from broadcaster.monitoring.home_assistant import (
    EXPIRES_AFTER_S,
    Message,
    PasswordInAddress,
    PrefixUnusable,
    checked_prefix,
    keep_telling,
)
from broadcaster.monitoring.home_assistant_command import (
    AddressOfNoBroker,
    Told,
    told_home_assistant,
)
from broadcaster.wire import BrokerUnreachable, Wire
from devices.protocol.credentials import (
    Credentials,
    Grants,
    credential_for,
    new_secret,
    save_credentials,
)
from tests.broadcaster.pages.commune import add_statuses, found_commune
from tests.broadcaster.small_station import STATION_ID
from tests.brokers import RunningBroker, start_embedded

SECRET = new_secret()
LOA = f"loa-home-assistant-{STATION_ID}"
"""Our own broker lets a client in under its user name alone."""
WAIT_S = 20.0
FIRST = "loa-dong-1-1"
CONFIG = f"homeassistant/binary_sensor/loa_{STATION_ID}/{{}}/config"
STATE = f"loa-home-assistant/{STATION_ID}/{{}}/state"


@pytest.fixture
def commune(database: Database, tmp_path: Path) -> Database:
    """Eighteen loudspeakers: sixteen connected, one gone, one never heard of."""
    station = found_commune(database, state_dir=tmp_path)
    with database.writing() as session:
        add_statuses(session, now=station.clock())
    return database


@pytest.fixture
def home(tmp_path: Path) -> Iterator[RunningBroker]:
    """Home Assistant's own broker, which knows nothing of the station's."""
    file = tmp_path / "credentials.json"
    grants = Grants(publish=("#",), subscribe=("#",))
    users = {name: credential_for(SECRET, grants=grants) for name in (LOA, "home")}
    save_credentials(Credentials(users=users), file)
    running = start_embedded(file, tmp_path)
    yield running
    running.stop()


class Ear:
    """What a station published, and what the broker keeps of it; away while it is `away`."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.away = False

    def __call__(self, topic: str, payload: bytes, retain: bool) -> None:
        """Take a message."""
        if self.away:
            raise BrokerUnreachable
        self.heard.append(Message(topic, payload, retain))

    def said_of(self, topic: str) -> list[bytes]:
        """What was said there, in its order."""
        return [each.payload for each in self.heard if each.topic == topic]


def rounds(commune: Database, ear: Ear, *between: object) -> None:
    """Hold a round, then one more after each of these was done."""
    steps = iter(between)

    def pause(_: float) -> bool:
        step = next(steps, None)
        if callable(step):
            step()
        return step is None

    keep_telling(commune, station_id=STATION_ID, prefix="homeassistant", publish=ear, pause=pause)


def test_home_assistant_learns_each_loudspeaker(commune: Database, home: RunningBroker) -> None:
    """By a real broker: an entity for each, kept; how it stands, said now and not kept."""
    ear = Wire(home.url, username="home", password=SECRET, client_id="home")
    ear.subscribe("#")
    ear.start()
    ear.wait_subscribed("#", timeout_s=WAIT_S)
    wanted = Told(broker=home.url, username=LOA, password=SECRET, prefix="homeassistant",
                  once=True)  # fmt: skip
    words = told_home_assistant(commune, wanted, station_id=STATION_ID, pause=lambda _: True)
    found = {each.topic: each.payload for each in
             (ear.deliveries.get(timeout=WAIT_S) for _ in range(18 + 17))}  # fmt: skip
    ear.stop()
    config = json.loads(found[CONFIG.format(FIRST)])

    assert "18" in words
    assert config["device_class"] == "connectivity"
    assert config["state_topic"] == STATE.format(FIRST)
    assert config["expire_after"] == EXPIRES_AFTER_S
    assert config["unique_id"] == f"loa_{STATION_ID}_{FIRST}"
    assert config["device"]["model"] == "simulated"
    assert config["origin"] == {"name": "Loa", "sw_version": __version__}
    assert found[STATE.format(FIRST)] == b"ON"
    assert found[STATE.format("loa-trung-1-1")] == b"OFF"


def test_of_a_loudspeaker_that_was_never_heard_nothing_is_said(commune: Database) -> None:
    """It has an entity, which stays *unknown*; and no state is kept by the broker."""
    ear = Ear()
    rounds(commune, ear)

    assert len(ear.said_of(CONFIG.format("loa-tay-3-2"))) == 1
    assert ear.said_of(STATE.format("loa-tay-3-2")) == []
    assert {each.retain for each in ear.heard if each.topic.endswith("/config")} == {True}
    assert {each.retain for each in ear.heard if each.topic.endswith("/state")} == {False}


def test_states_are_said_each_minute_and_entities_once(commune: Database) -> None:
    """Again when a name changed, or after a broker that was away; one out of service goes."""
    ear = Ear()

    def fall_silent_under_another_name() -> None:
        with commune.writing() as session:
            session.get_one(DeviceStatus, FIRST).online = False
            session.get_one(Device, FIRST).name = "Cột mới"

    def be_away() -> None:
        ear.away = True

    def be_back() -> None:
        ear.away = False
        with commune.writing() as session:
            device = session.get_one(Device, FIRST)
            device.retired_at = device.enrolled_at

    other = CONFIG.format("loa-dong-1-2")
    rounds(commune, ear, fall_silent_under_another_name)
    said = ear.said_of(CONFIG.format(FIRST))

    assert ear.said_of(STATE.format(FIRST)) == [b"ON", b"OFF"]
    assert [json.loads(each)["device"]["name"].partition(" (")[0] for each in said] == [
        "Thôn Đông Hạ, cột 1", "Cột mới"
    ]  # fmt: skip
    assert len(ear.said_of(other)) == 1
    ear.heard.clear()
    rounds(commune, ear, be_away, be_back)
    assert ear.said_of(CONFIG.format(FIRST))[-1] == b""
    assert len(ear.said_of(other)) == 2
    assert len(ear.said_of(STATE.format(FIRST))) == 1


def test_all_entities_can_be_taken_away(commune: Database, home: RunningBroker) -> None:
    """Whoever comes to the broker afterwards finds none."""
    told = Told(broker=home.url, username=LOA, password=SECRET, prefix="homeassistant", once=True)
    gone = Told(broker=home.url, username=LOA, password=SECRET, prefix="homeassistant", remove=True)
    for wanted in (told, gone):
        words = told_home_assistant(commune, wanted, station_id=STATION_ID, pause=lambda _: True)
    late = Wire(home.url, username="home", password=SECRET, client_id="home")
    late.subscribe("#")
    late.start()
    late.wait_subscribed("#", timeout_s=WAIT_S)
    late.publish("over", b"over", timeout_s=WAIT_S)
    first = late.deliveries.get(timeout=WAIT_S)
    late.stop()

    assert "18" in words
    assert first.topic == "over"


@pytest.mark.parametrize(
    ("broker", "error"),
    [
        ("mqtt://loa:mat-khau@127.0.0.1", PasswordInAddress),
        ("http://127.0.0.1", AddressOfNoBroker),
        ("mqtt://", AddressOfNoBroker),
    ],
)
def test_an_address_with_a_password_or_of_no_broker_is_refused(
    commune: Database, broker: str, error: type[Exception]
) -> None:
    """Before anything is connected to."""
    wanted = Told(broker=broker, prefix="homeassistant")
    with pytest.raises(error):
        told_home_assistant(commune, wanted, station_id=STATION_ID, pause=lambda _: True)


@pytest.mark.parametrize("prefix", ["", "#", "home/+", "/home", "nhà", "a b"])
def test_a_prefix_that_is_no_topic_is_refused(prefix: str) -> None:
    """A wildcard or a space would be refused by the broker, without a word."""
    with pytest.raises(PrefixUnusable):
        checked_prefix(prefix)


def test_a_secret_is_not_shown_by_what_holds_it() -> None:
    """Not in a traceback either."""
    assert SECRET not in repr(Told(broker="mqtt://127.0.0.1", prefix="x", password=SECRET))
