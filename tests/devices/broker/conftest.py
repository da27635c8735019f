"""Two brokers, the people of a small commune, and clients that wait instead of sleeping."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.protocol.credentials import (
    Credentials,
    credential_for,
    device_grants,
    new_secret,
    save_credentials,
    station_grants,
)
from tests.brokers import RunningBroker, mosquitto_is_installed, start_embedded, start_mosquitto
from tests.devices.broker.commune import DEVICES, STATION, Commune

BROKERS = ["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)]


@pytest.fixture
def secrets() -> dict[str, str]:
    """A secret for the station and for each device."""
    return {username: new_secret() for username in (STATION, *DEVICES)}


@pytest.fixture
def registry(tmp_path: Path, secrets: dict[str, str]) -> Path:
    """The credentials file of station `xa-an-phu` with three devices in two clusters."""
    users = {
        device: credential_for(
            secrets[device],
            grants=device_grants(station=STATION, device=device, cluster=cluster),
        )
        for device, cluster in DEVICES.items()
    }
    users[STATION] = credential_for(secrets[STATION], grants=station_grants(station=STATION))
    path = tmp_path / "credentials.json"
    save_credentials(Credentials(users=users), path)
    return path


@pytest.fixture(params=BROKERS)
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
    assert running.stop() == 0
    assert "Traceback" not in running.log.read_text()


@pytest.fixture
def embedded(registry: Path, tmp_path: Path) -> Iterator[RunningBroker]:
    """The embedded broker, for what is true of it alone."""
    running = start_embedded(registry, tmp_path)
    yield running
    assert running.stop() == 0
    assert "Traceback" not in running.log.read_text()


@pytest.fixture
def commune(broker: RunningBroker, secrets: dict[str, str]) -> Iterator[Commune]:
    """Clients of the running broker, all closed at the end."""
    with Commune(broker, secrets) as opened:
        yield opened


@pytest.fixture
def embedded_commune(embedded: RunningBroker, secrets: dict[str, str]) -> Iterator[Commune]:
    """Clients of the embedded broker."""
    with Commune(embedded, secrets) as opened:
        yield opened
