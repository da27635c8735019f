"""The station tries its broker out, and refuses one that would lose confirmations."""

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from broadcaster.areas.tables import Station
from broadcaster.fleet.credentials import load_wire_secret, write_registry
from broadcaster.fleet.probe import probe_topic
from broadcaster.processes.broker_check import AGAIN_AFTER_S, BrokerTrial, check_broker
from broadcaster.processes.broker_probe import MESSAGES, WITHIN_S, try_out
from broadcaster.processes.errors import BrokerDrops, BrokerUntried
from broadcaster.settings import Settings
from broadcaster.wire import BrokerUnreachable, parse_broker_url
from devices.protocol.credentials import Grants, load_credentials, save_credentials
from tests.brokers import (
    RunningBroker,
    free_port,
    mosquitto_is_installed,
    start_embedded,
    start_mosquitto,
)
from tests.trail import connect

STATION = "xa-an-phu"
MOSQUITTO = pytest.mark.mosquitto


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """A founded station whose broker is at a port that is free until a test starts one there."""
    settings = Settings(
        state_dir=tmp_path, database_url=sqlite_url, broker=f"mqtt://127.0.0.1:{free_port()}"
    )
    database = connect(sqlite_url)
    with database.writing() as session:
        session.add(
            Station(id=STATION, name="Đài", commune="Xã", province="Tỉnh", public_key="f" * 64)
        )
        session.flush()
        write_registry(session, settings.registry_file, keys_dir=settings.keys_dir)
    database.dispose()
    return settings


def port_of(settings: Settings) -> int:
    """Where its broker is to listen."""
    return parse_broker_url(settings.broker).port


@pytest.fixture
def careless(settings: Settings, tmp_path: Path) -> Iterator[RunningBroker]:
    """A Mosquitto with the limits that it comes with."""
    if not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto")
    running = start_mosquitto(
        settings.registry_file, tmp_path, port=port_of(settings), default_limits=True
    )
    yield running
    running.stop()


@pytest.fixture
def ours(settings: Settings, tmp_path: Path) -> Iterator[RunningBroker]:
    """A Mosquitto with the configuration that we write."""
    if not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto")
    running = start_mosquitto(settings.registry_file, tmp_path, port=port_of(settings))
    yield running
    running.stop()


@MOSQUITTO
@pytest.mark.usefixtures("careless")
def test_a_mosquitto_with_default_limits_is_refused(settings: Settings) -> None:
    """It keeps 20 in flight and 1,000 queued; the lines to add are named in both languages."""
    with pytest.raises(BrokerDrops) as refusal:
        check_broker(settings)

    for message in (refusal.value.message_vi, refusal.value.message_en):
        assert "1020" in message
        for limit in ("max_inflight_messages 0", "max_queued_messages 0", "max_queued_bytes 0"):
            assert f"\n    {limit}\n" in message


@MOSQUITTO
@pytest.mark.usefixtures("ours")
def test_a_mosquitto_as_we_write_it_is_accepted_quickly(settings: Settings) -> None:
    """Within the time that a start may take, and as often as one likes."""
    begun = time.monotonic()
    check_broker(settings)
    check_broker(settings)

    assert time.monotonic() - begun < 2 * WITHIN_S


@MOSQUITTO
def test_nothing_is_left_behind(settings: Settings, ours: RunningBroker) -> None:
    """No retained message and no session: the next probe hears nothing of the one before."""
    login = load_wire_secret(settings, station_id=STATION, role="probe")
    address, topic = parse_broker_url(ours.url), probe_topic(STATION)

    with suppress(BrokerUnreachable):
        try_out(address, login=login, topic=topic, within_s=0.0)

    assert try_out(address, login=login, topic=topic) == MESSAGES


def test_the_embedded_broker_would_pass(settings: Settings, tmp_path: Path) -> None:
    """It is not tried at the start, because its bounds are known; tried, it keeps all."""
    running = start_embedded(settings.registry_file, tmp_path, port=port_of(settings))
    try:
        check_broker(settings)
    finally:
        assert running.stop() == 0
    check_broker(Settings(state_dir=tmp_path, broker="embedded"))


@MOSQUITTO
def test_a_broker_that_does_not_know_the_probe_is_not_tried(
    settings: Settings, ours: RunningBroker
) -> None:
    """Its file of users is older than the station: that is said, with what to do."""
    known = load_credentials(settings.registry_file)
    save_credentials(known.without_user(f"{STATION}-probe"), settings.registry_file)
    ours.credentials_changed()

    with pytest.raises(BrokerUntried) as refusal:
        check_broker(settings)
    assert "loa broker mosquitto" in refusal.value.message_vi


@MOSQUITTO
def test_a_broker_that_grants_the_probe_nothing_is_not_tried(
    settings: Settings, ours: RunningBroker
) -> None:
    """A login without its topic is no answer either way."""
    name = f"{STATION}-probe"
    known = load_credentials(settings.registry_file)
    mute = known.users[name].__class__(
        salt=known.users[name].salt, pbkdf2_sha512=known.users[name].pbkdf2_sha512
    )
    save_credentials(known.with_user(name, mute), settings.registry_file)
    ours.credentials_changed()

    assert Grants() == Grants(publish=mute.publish, subscribe=mute.subscribe)
    with pytest.raises(BrokerUntried):
        check_broker(settings)


def test_a_broker_that_is_not_there_is_not_judged(settings: Settings) -> None:
    """Nothing listens: the station runs all the same, and says so elsewhere."""
    with pytest.raises(BrokerUnreachable):
        check_broker(settings)


def test_a_broker_that_comes_later_is_tried_then() -> None:
    """Once a minute until it has been found out, and never again after that."""
    clock, tries, said = {"minutes": 0.0}, [], []
    answers = [BrokerUnreachable("x"), BrokerUntried(), BrokerUntried(), None]

    def check(_settings: Settings) -> None:
        tries.append(clock["minutes"])
        if error := answers.pop(0):
            raise error

    trial = BrokerTrial(
        Settings(),
        say=said.append,
        check=check,
        clock=lambda: clock["minutes"] * AGAIN_AFTER_S,
    )
    for minutes in (0, 0.1, 1, 2, 2.9, 3, 9):
        clock["minutes"] = minutes
        trial.beat()

    assert tries == [0, 1, 2, 3]
    assert [error.code for error in said] == ["broker_untried"]


def test_a_broker_that_comes_later_and_drops_ends_the_station() -> None:
    """It must not run on with it."""

    def check(_settings: Settings) -> None:
        raise BrokerDrops(sent=MESSAGES, kept=1_020)

    with pytest.raises(BrokerDrops):
        BrokerTrial(Settings(), say=lambda _: None, check=check).beat()
