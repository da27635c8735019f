"""Keys, passwords and tokens: read by their owner only, and never said in passing."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from nacl.encoding import HexEncoder
from structlog.testing import capture_logs

from broadcaster.accounts.errors import SignInRefused
from broadcaster.accounts.roles import Role
from broadcaster.accounts.sessions import sign_in
from broadcaster.database import Database
from broadcaster.demo.commune import FoundedDemo
from broadcaster.demo.state import fleet_folder, open_demo
from broadcaster.fleet.credentials import STATION_ROLES, load_wire_secret
from broadcaster.keys import NewKeys, keep_from_others, load_keys, read_root_key
from broadcaster.processes.station import broker_program, fleet_program, station_programs
from broadcaster.settings import Settings, SettingsInvalid, load_settings
from devices.protocol.identity import load_identity
from tests.broadcaster.small_station import found_station
from tests.broadcaster.station_keys import made_keys

OTHERS = stat.S_IRWXO


@pytest.fixture
def usual_mask() -> Iterator[None]:
    """New files are readable by all, as on most machines."""
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.fixture
def demonstration(tmp_path: Path, usual_mask: None) -> tuple[Settings, FoundedDemo]:
    """A commune that was founded a moment ago."""
    assert usual_mask is None
    settings = Settings(state_dir=tmp_path / "var", broker_port=1)
    database, founded = open_demo(settings)
    database.dispose()
    assert founded is not None
    return settings, founded


def secrets_of(settings: Settings, founded: FoundedDemo) -> list[str]:
    """Everything that only its owner may know."""
    with_station = load_keys(settings.keys_dir).signing_key.encode(HexEncoder).decode()
    root = read_root_key(founded.root_told).encode(HexEncoder).decode()
    found = [with_station, root, founded.root_told]
    found += [each.password for each in founded.passwords]
    for home in sorted(fleet_folder(settings).iterdir()):
        if (home / "identity.json").exists():
            identity = load_identity(home)
            found += [identity.device_key, identity.broker_password]
    return found + [
        load_wire_secret(settings, station_id=founded.station.id, role=role).password
        for role in STATION_ROLES
    ]


def test_others_on_the_machine_read_nothing(demonstration: tuple[Settings, FoundedDemo]) -> None:
    """They do not get past the state folder's door, and every secret has a lock of its own."""
    settings, _ = demonstration
    alone = [*settings.keys_dir.iterdir(), settings.registry_file]
    alone += list(fleet_folder(settings).glob("*/identity.json"))

    assert not settings.state_dir.stat().st_mode & OTHERS
    assert len(alone) > 24
    assert {stat.S_IMODE(path.stat().st_mode) for path in alone} == {0o600}


@pytest.mark.usefixtures("usual_mask")
def test_a_door_that_stood_open_is_shut(tmp_path: Path) -> None:
    """A folder from before keeps what its group may do, and others lose all."""
    tmp_path.chmod(0o755)
    keep_from_others(tmp_path)

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750


def test_no_secret_stands_in_a_command_line_or_file_of_others(
    demonstration: tuple[Settings, FoundedDemo],
) -> None:
    """Whoever lists processes, or finds the broker's file or the database, learns no secret."""
    settings, founded = demonstration
    programs = [broker_program(settings), *station_programs(settings)]
    programs.append(fleet_program(fleet_folder(settings)))
    told = " ".join(word for program in programs for word in program.command)
    told += " ".join(str(program.environment) for program in programs)
    told += settings.registry_file.read_text()
    kept = b"".join(path.read_bytes() for path in settings.state_dir.glob("station.sqlite3*"))
    found = secrets_of(settings, founded)

    assert len(found) > 50
    assert [secret for secret in found if secret in told or secret.encode() in kept] == []


@pytest.mark.parametrize("broker", ["mqtt://an:secret@host:1883", "mqtts://secret@host"])
def test_a_brokers_address_holds_no_password(broker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would go into every device's identity and stand in the list of processes."""
    monkeypatch.delenv("LOA_BROKER", raising=False)
    with pytest.raises(SettingsInvalid) as refused:
        load_settings(broker=broker)

    assert "secret" not in str(refused.value)
    assert load_settings(broker="mqtts://host:8883").broker_url == "mqtts://host:8883"


def test_nothing_that_is_logged_lets_anybody_in(on_sqlite: Database, tmp_path: Path) -> None:
    """Neither a right password nor a wrong one, nor the token that a right one brings."""
    station = found_station(on_sqlite, state_dir=tmp_path)
    _, password = station.person("an", Role.LEADER)
    with capture_logs() as logged:
        found = sign_in(on_sqlite, username="an", password=password, now=station.clock())
        with pytest.raises(SignInRefused):
            sign_in(on_sqlite, username="an", password="nearly-right", now=station.clock())
    said = str(logged)

    assert not any(each in said for each in (password, "nearly-right", found.token))


def test_a_key_is_not_shown_by_what_holds_it(tmp_path: Path) -> None:
    """Whatever prints the station's keys by mistake prints no key."""
    keys = made_keys()
    new = NewKeys(keys, "ROOT-TOLD", tmp_path)
    secret = keys.signing_key.encode(HexEncoder).decode()

    assert not any(each in repr(new) + str(keys) for each in (secret, new.root_told))
