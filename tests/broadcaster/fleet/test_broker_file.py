"""The broker's file: every device enrolled and the station's own clients, and nobody else."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey
from sqlmodel import Session

from broadcaster.areas.tables import Cluster, Station
from broadcaster.database import Database
from broadcaster.fleet.credentials import (
    STATION_ROLES,
    load_wire_secret,
    new_device_secret,
    station_credentials,
    verifier_of,
    write_registry,
)
from broadcaster.fleet.probe import probe_grants
from broadcaster.fleet.registry import enrol, retire
from broadcaster.keys import KeyUnreadable
from broadcaster.settings import Settings
from devices.protocol.credentials import (
    device_grants,
    live_grants,
    load_credentials,
    secret_is_right,
    station_grants,
)

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
STATION = "xa-an-phu"
OWN_GRANTS = {"probe": probe_grants(STATION), "live": live_grants(station=STATION)}


@pytest.fixture
def secret(database: Database) -> str:
    """A station with one device; its broker secret."""
    secret = new_device_secret()
    verifier = verifier_of(secret)
    with database.writing() as session:
        session.add(
            Station(id=STATION, name="Đài", commune="Xã", province="Tỉnh", public_key="f" * 64)
        )
        session.flush()
        session.add(Cluster(id="c1", station_id=STATION, name="c1"))
        session.flush()
        enrol(
            session,
            device_id="loa-1",
            cluster=session.get_one(Cluster, "c1"),
            name="Loa",
            public_key_hex=SigningKey.generate().verify_key.encode(HexEncoder).decode(),
            broker_salt=verifier.salt,
            broker_verifier=verifier.verifier,
            now=NOW,
        )
    return secret


def write(session: Session, folder: Path) -> Path:
    """Write the file; its path."""
    path = folder / "broker" / "registry.json"
    write_registry(session, path, keys_dir=folder / "keys")
    return path


def test_lets_in_devices_and_the_stations_own_clients(
    database: Database, secret: str, tmp_path: Path
) -> None:
    """Each has a verifier of its secret and the grants of what it is."""
    with database.reading() as session:
        users = load_credentials(write(session, tmp_path)).users
    own = station_credentials(tmp_path / "keys", station_id=STATION)
    grants = device_grants(station=STATION, device="loa-1", cluster="c1")

    assert set(users) == {
        "loa-1",
        *(f"{STATION}-{role}" for role in STATION_ROLES),
    }
    assert secret_is_right(users["loa-1"], secret=secret)
    assert not secret_is_right(users["loa-1"], secret=new_device_secret())
    assert users["loa-1"].publish == grants.publish
    assert users["loa-1"].subscribe == grants.subscribe
    for role, login in own.items():
        assert secret_is_right(users[login.username], secret=login.password)
        expected = OWN_GRANTS.get(role, station_grants(station=STATION))
        assert users[login.username].publish == expected.publish
        assert users[login.username].subscribe == expected.subscribe


def test_holds_no_secret(database: Database, secret: str, tmp_path: Path) -> None:
    """Neither a device's secret nor the station's own stands in the file."""
    with database.reading() as session:
        text = write(session, tmp_path).read_text()
    own = station_credentials(tmp_path / "keys", station_id=STATION)

    assert secret not in text
    assert all(login.password not in text for login in own.values())


def test_a_retired_device_is_not_in_it(database: Database, secret: str, tmp_path: Path) -> None:
    """What was retired is gone with the next writing."""
    assert secret
    with database.reading() as session:
        before = load_credentials(write(session, tmp_path)).users
    with database.writing() as session:
        retire(session, "loa-1", now=NOW)
        after = load_credentials(write(session, tmp_path)).users

    assert "loa-1" in before
    assert "loa-1" not in after


@pytest.mark.usefixtures("secret")
def test_writing_the_same_again_leaves_the_file_alone(database: Database, tmp_path: Path) -> None:
    """A broker that watches the file is not disturbed for nothing."""
    with database.reading() as session:
        first = write(session, tmp_path).stat()
        again = write(session, tmp_path).stat()

    assert (first.st_ino, first.st_mtime_ns) == (again.st_ino, again.st_mtime_ns)


@pytest.mark.usefixtures("secret")
def test_a_damaged_file_is_written_again(database: Database, tmp_path: Path) -> None:
    """Half a file is no obstacle: the registry is the truth."""
    with database.reading() as session:
        path = write(session, tmp_path)
        path.write_text('{"v":1,"users":')
        write(session, tmp_path)

    assert "loa-1" in load_credentials(path).users


def test_the_stations_secrets_are_made_once_and_kept_private(tmp_path: Path) -> None:
    """A second call reads what the first made; only the owner may read it."""
    first = station_credentials(tmp_path, station_id=STATION)
    again = station_credentials(tmp_path, station_id=STATION)
    modes = {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}

    assert first == again
    assert len({login.password for login in first.values()}) == len(STATION_ROLES)
    assert modes == {0o600}


def test_a_process_finds_its_own_login(tmp_path: Path) -> None:
    """By role; a missing one, and one of another station, stop it with a sentence."""
    settings = Settings(state_dir=tmp_path)
    made = station_credentials(settings.keys_dir, station_id=STATION)

    assert load_wire_secret(settings, station_id=STATION, role="ingest") == made["ingest"]
    with pytest.raises(KeyUnreadable):
        load_wire_secret(settings, station_id="xa-khac", role="ingest")
    with pytest.raises(KeyUnreadable):
        load_wire_secret(settings, station_id=STATION, role="web")


@pytest.mark.parametrize("damage", [b"", b'{"username":"xa-khac-ingest","password":"x"}'])
def test_a_login_that_is_not_the_stations_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    """A founding that was broken off leaves nothing that could stop the next one."""
    first = station_credentials(tmp_path, station_id=STATION)
    (tmp_path / "broker-ingest.json").write_bytes(damage)
    again = station_credentials(tmp_path, station_id=STATION)

    assert again["ingest"].username == f"{STATION}-ingest"
    assert again["ingest"].password != first["ingest"].password
    assert again["dispatch"] == first["dispatch"]
