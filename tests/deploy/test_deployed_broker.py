"""The attacks of the brokers' suite on Mosquitto as `deploy/commune` starts it, from outside.

By TLS, at the door that is open to the world. A sample of them; all of them, with as many examples
as `LOA_ATTACKS` says, in `make soak` (`attack-deployed`).
"""

import inspect
import os
import socket
import ssl
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from devices.protocol import topics
from devices.protocol.credentials import (
    Credentials,
    credential_for,
    device_grants,
    load_credentials,
    new_secret,
    save_credentials,
    station_grants,
)
from tests.brokers import (
    RunningBroker,
    mosquitto_is_installed,
    start_deployed,
    write_test_certificate,
)
from tests.devices.broker import commune as suite
from tests.devices.broker import test_broker_access as access
from tests.devices.broker import test_broker_attacks as attacks
from tests.devices.broker.commune import Commune
from tests.devices.broker.octets import connect
from tests.devices.broker.raw import CONNACK_ACCEPTED

pytestmark = [
    pytest.mark.processes,
    pytest.mark.mosquitto,
    pytest.mark.skipif(not mosquitto_is_installed(), reason="not run: install mosquitto"),
]

PATIENCE_S = 90.0
SAMPLE = (
    "test_no_topic_lets_a_thief_speak_for_others",
    "test_no_filter_lets_a_thief_hear_others",
    "test_no_client_id_takes_over_anothers_session",
    "test_nobody_comes_in_without_a_name",
    "test_another_devices_secret_is_refused",
    "test_a_will_cannot_speak_for_others",
)


def attacks_of_the_suite() -> Iterator[Any]:
    """Each attack that needs nothing but people at a broker's door, with each of its examples."""
    for module in (attacks, access):
        for name, test in inspect.getmembers(module, inspect.isfunction):
            needs = set(inspect.signature(test).parameters)
            marks = [each for each in getattr(test, "pytestmark", ()) if each.name == "parametrize"]
            if not name.startswith("test_") or not needs & {"commune"}:
                continue
            if "LOA_ATTACKS" not in os.environ and name not in SAMPLE:
                continue
            if needs == {"commune"}:
                yield pytest.param(test, {}, id=name)
            elif len(marks) == 1 and needs == {"commune", marks[0].args[0]}:
                argument, values = marks[0].args
                for value in values:
                    yield pytest.param(test, {argument: value}, id=f"{name}[{value}]")


@pytest.fixture(scope="module")
def secrets() -> dict[str, str]:
    """What the suite's people log in with."""
    return {username: new_secret() for username in (suite.STATION, *suite.DEVICES)}


@pytest.fixture(scope="module")
def users(secrets: dict[str, str]) -> Credentials:
    """What the broker knows of them."""
    known = Credentials().with_user(
        suite.STATION,
        credential_for(secrets[suite.STATION], grants=station_grants(station=suite.STATION)),
    )
    for device, cluster in suite.DEVICES.items():
        grants = device_grants(station=suite.STATION, device=device, cluster=cluster)
        known = known.with_user(device, credential_for(secrets[device], grants=grants))
    return known


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory, users: Credentials) -> Iterator[RunningBroker]:
    """The broker, started once for all that is tried on it."""
    folder = tmp_path_factory.mktemp("broker")
    registry = folder / "registry.json"
    save_credentials(users, registry)
    running = start_deployed(
        registry, folder, shows=write_test_certificate(folder), from_outside=True
    )
    yield running
    assert running.stop() == 0
    assert "Traceback" not in running.log.read_text()


@pytest.fixture
def commune(door: RunningBroker, users: Credentials, secrets: dict[str, str]) -> Iterator[Commune]:
    """The suite's station and devices, all of them known; nothing of theirs is retained."""
    if load_credentials(door.registry) != users:
        save_credentials(users, door.registry)
    with Commune(door, secrets) as opened:
        for username in users.users:
            _until_let_in(opened, username)
        _sweep(opened)
        yield opened


def _until_let_in(commune: Commune, username: str) -> None:
    """The broker follows its registry by itself."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not commune.client(username).connect(commune.broker):
        assert time.monotonic() < deadline_s, username
        time.sleep(0.1)


def _sweep(commune: Commune) -> None:
    station = commune.joined(suite.STATION)
    for branch in ("plan", "now", "live", "config", "to"):
        for name in (*suite.DEVICES, *suite.DEVICES.values()):
            station.publish(f"{suite.ROOT}/{branch}/{name}", b"", retain=True)
    station.close()
    for device in suite.DEVICES:
        client = commune.joined(device)
        for what in topics.Upward:
            client.publish(f"{suite.ROOT}/from/{device}/{what}", b"", retain=True)
        client.close()


@pytest.mark.parametrize(("attack", "example"), list(attacks_of_the_suite()))
def test_no_attack_of_the_suite_gets_further_here(
    attack: Callable[..., None], example: dict[str, str], commune: Commune
) -> None:
    """The same as on a broker by itself, through the door that is open to the world."""
    attack(commune=commune, **example)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_refused(door: RunningBroker, version: ssl.TLSVersion) -> None:
    """By the broker, whatever a client would bear; TLS 1.2 is taken."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version = old.maximum_version = version
    just_right = ssl.create_default_context(cafile=door.log.parent / "certificate.pem")
    just_right.maximum_version = ssl.TLSVersion.TLSv1_2

    with pytest.raises(ssl.SSLError, match="alert protocol version"):
        _greeted(door.port, old)
    assert _greeted(door.port, just_right) == "TLSv1.2"


def _greeted(port: int, context: ssl.SSLContext) -> str | None:
    with (
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as client,
    ):
        return client.version()


def test_nothing_is_said_in_the_clear(door: RunningBroker) -> None:
    """MQTT at the door of TLS has no answer; the plain listener is on the loopback alone."""
    login = connect(flags=0xC2, fields=["quan", "quan", "ba con"])
    came = b""
    with (
        socket.create_connection((door.host, door.port), timeout=PATIENCE_S) as client,
        suppress(ConnectionResetError),
    ):
        client.sendall(login)
        came = client.recv(100)
    assert CONNACK_ACCEPTED not in came
    configuration = (door.log.parent / "deployed/mosquitto.conf").read_text("utf-8")
    plain = [line for line in configuration.splitlines() if line.startswith("listener ")]
    assert plain[0].endswith(" 127.0.0.1")
    assert plain[1:] == [f"listener {door.port} 0.0.0.0"]
