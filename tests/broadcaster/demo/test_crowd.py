"""A crowd joins a rehearsal station: enrolled in bulk, known to its broker, never a real one."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import select

from broadcaster.areas.tables import Station
from broadcaster.demo.crowd import CROWD_FOLDER, enlist, joined
from broadcaster.demo.errors import NotARehearsal
from broadcaster.demo.state import open_demo
from broadcaster.fleet.tables import Device, DeviceShare
from broadcaster.processes.errors import NotFounded
from broadcaster.settings import Settings, load_settings
from devices.protocol.credentials import load_credentials
from devices.protocol.identity import load_identity
from tests.chain import DEVICES

NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The demonstration commune, founded."""
    settings = load_settings(state_dir=tmp_path / "var", database_url="")
    database, _ = open_demo(settings)
    database.dispose()
    return settings


def crowd_of(settings: Settings) -> list[Device]:
    """The crowd's rows."""
    database, _ = open_demo(settings)
    with database.reading() as session:
        rows = session.exec(select(Device).order_by(Device.id)).all()
        shares = set(session.exec(select(DeviceShare.device_id)).all())
    database.dispose()
    crowd = [row for row in rows if row.id.startswith("dien-tap-")]
    assert len(rows) - len(crowd) == DEVICES
    assert not shares & {row.id for row in crowd}
    return crowd


def test_a_crowd_is_dealt_out_to_the_clusters(settings: Settings) -> None:
    """All simulated, with a login, an identity that pins the station's root, and no residents."""
    folder = enlist(settings, devices=30, now=NOW)
    rows = crowd_of(settings)
    users = load_credentials(settings.registry_file).users

    assert len(rows) == 30
    assert all(row.simulated for row in rows)
    assert set(Counter(row.cluster_id for row in rows).values()) == {10}
    for row in rows:
        identity = load_identity(folder / row.id)
        assert identity.rehearsal
        assert identity.signing_key.verify_key.encode().hex() == row.public_key
        assert identity.broker_url == settings.broker_url
        assert row.id in users


def test_who_is_there_stays_and_only_what_is_missing_is_added(settings: Settings) -> None:
    """Keys are kept, so that journals go on."""
    folder = enlist(settings, devices=4, now=NOW)
    before = {home.name: load_identity(home) for home in folder.iterdir()}
    enlist(settings, devices=7, now=NOW)

    assert len(crowd_of(settings)) == 7
    assert all(load_identity(folder / name) == identity for name, identity in before.items())


def test_a_station_with_real_poles_has_no_crowd(settings: Settings) -> None:
    """Nothing is written there."""
    database, _ = open_demo(settings)
    with database.writing() as session:
        session.exec(select(Station)).one().rehearsal = False
    database.dispose()
    with pytest.raises(NotARehearsal):
        enlist(settings, devices=1, now=NOW)

    assert not list((settings.state_dir / CROWD_FOLDER).iterdir())


def test_where_no_station_was_founded_there_is_none_to_join(tmp_path: Path) -> None:
    """And none is founded by asking."""
    with pytest.raises(NotFounded):
        joined(["--state", str(tmp_path / "empty"), "--devices", "3"])

    assert not (tmp_path / "empty" / "station.sqlite3").exists()


def test_the_command_hands_its_other_words_on(settings: Settings) -> None:
    """With the crowd's folder and a port that a page finds; without --state, all of them."""
    words = ["--profile", "storm.toml", "--devices", "5", "--json"]
    handed = joined(["--state", str(settings.state_dir), *words])

    assert list(joined(words)) == words
    assert handed[:2] == ["--fleet", str(settings.state_dir / CROWD_FOLDER)]
    assert handed[2:4] == ["--first", "5"]
    assert handed[4] == "--control"
    assert handed[6:] == ["--profile", "storm.toml", "--json"]
