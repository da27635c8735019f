"""A station, its audio server and a broker, for tests with real processes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.brokers import (
    RunningBroker,
    mosquitto_is_installed,
    start_embedded,
    start_mosquitto,
)
from tests.devices.station import Station, audio_server

DEVICES = tuple(f"loa-{number:02}" for number in range(1, 5))
STARTS = {"embedded": start_embedded, "mosquitto": start_mosquitto}


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    """A station that serves audio and has devices registered, not yet at a broker."""
    with audio_server() as audio:
        station = Station(tmp_path, audio)
        station.found(DEVICES)
        yield station
        station.disconnect()


BROKERS = ["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)]
"""For `parametrize("broker", BROKERS, indirect=True)`; without it the embedded one is used."""


@pytest.fixture
def broker(
    request: pytest.FixtureRequest, station: Station, tmp_path: Path
) -> Iterator[RunningBroker]:
    """A broker with the station's credentials; the station is connected to it."""
    kind = getattr(request, "param", "embedded")
    if kind == "mosquitto" and not mosquitto_is_installed():
        pytest.skip("not run: install mosquitto (make system-deps)")
    running = STARTS[kind](station.registry, tmp_path)
    try:
        station.connect(running.port)
        yield running
    finally:
        station.disconnect()
        running.stop()
