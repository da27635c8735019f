"""`loa keys`: what an admin sees and does at the station's machine, with the root key on paper."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from structlog.testing import capture_logs
from typer.testing import CliRunner

from broadcaster.areas.tables import Station
from broadcaster.commands import app
from broadcaster.database import Database
from broadcaster.fleet.keys_command import keys_shown
from broadcaster.keys import (
    KeyInUse,
    KeyUnreadable,
    NewKeys,
    RootKeyMistyped,
    StationKeys,
    founding_keys,
    load_keys,
)
from broadcaster.processes.errors import NotFounded
from broadcaster.settings import Settings
from tests.broadcaster.dispatch.fleet import add_device, report
from tests.broadcaster.small_station import NOON, STATION_ID, found_station
from tests.trail import connect


@dataclass(frozen=True, slots=True)
class Loa:
    """The commands, run here, in the folder of a founded station."""

    database: Database
    folder: Path
    new: NewKeys

    def __call__(self, *arguments: str, typed: str = "") -> Result:
        """One command to its end; `typed` is handed in as by another program."""
        with capture_logs():
            return CliRunner().invoke(app, ["keys", *arguments], input=typed)

    def shown(self) -> dict[str, object]:
        """What `show` tells a program."""
        told: dict[str, object] = json.loads(self("show", "--json").stdout)
        return told

    @property
    def keys(self) -> StationKeys:
        """What signs now."""
        return load_keys(self.folder / "keys")


@pytest.fixture
def loa(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loa:
    """A station with two devices, one of which holds its keyring."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOA_STATE_DIR", str(tmp_path))
    database = connect(sqlite_url)
    found_station(database, state_dir=tmp_path)
    with founding_keys(
        tmp_path / "keys", station_id=STATION_ID, name="Đài", now=datetime.now(UTC)
    ) as new:
        new.keep()
    with database.writing() as session:
        session.get_one(Station, STATION_ID).public_key = new.keys.root_public_key
        for number in (1, 2):
            add_device(session, number, now=NOON)
        report(session, "loa-1", now=NOON, keyring_serial=new.keys.ring.serial)
        report(session, "loa-2", now=NOON, keyring_serial=1)
    database.dispose()
    return Loa(database, tmp_path, new)


def test_it_shows_who_may_sign_what_for_how_long(loa: Loa) -> None:
    """And how many devices hold this keyring; no secret half of anything."""
    told = loa("show").stdout
    shown = loa.shown()
    (key,) = shown["keys"]  # type: ignore[misc]

    assert f"● {loa.keys.key_id}" in told
    assert "1/2 loa đang giữ" in told
    assert "399 ngày" in told
    assert key["key_id"] == loa.keys.key_id
    assert (key["days_left"], key["signs"], key["level"]) == (399, True, "commune")
    assert set(key["scopes"]) >= {"plan", "config", "emergency", "time"}
    assert (shown["devices"], shown["devices_that_hold_it"]) == (2, 1)
    assert bytes(loa.keys.signing_key).hex() not in told + json.dumps(shown)


def test_the_root_key_on_paper_makes_another_key(loa: Loa) -> None:
    """The old one stays for eight days; it is said that nothing has to be restarted."""
    before = loa.keys
    rotated = loa("rotate", typed=loa.new.root_told.lower() + "\n")

    assert rotated.exit_code == 0, rotated.output
    assert loa.keys.key_id in rotated.stdout
    assert "không cần khởi động lại" in rotated.stdout
    assert loa.keys.key_id != before.key_id
    assert [key["signs"] for key in loa.shown()["keys"]] == [True, False]  # type: ignore[attr-defined]
    assert loa.new.root_told not in rotated.output
    assert loa.shown()["devices_that_hold_it"] == 0


def test_a_lost_key_is_revoked_at_once(loa: Loa) -> None:
    """With the change, or afterwards by its id."""
    first = loa.keys.key_id
    loa("rotate", typed=loa.new.root_told)
    revoked = loa("revoke", first[:12], typed=loa.new.root_told)
    assert revoked.exit_code == 0, revoked.output
    assert len(loa.shown()["keys"]) == 1  # type: ignore[arg-type]

    loa("rotate", "--revoke-old", typed=loa.new.root_told)
    assert [key["signs"] for key in loa.shown()["keys"]] == [True]  # type: ignore[attr-defined]


def test_what_is_refused_changes_nothing_and_repeats_nothing(loa: Loa) -> None:
    """A slip of the pen, and the key that signs."""
    before = loa.keys
    slip = loa.new.root_told[:-1] + ("0" if loa.new.root_told[-1] != "0" else "1")
    mistyped = loa("rotate", typed=slip)
    in_use = loa("revoke", before.key_id, typed=loa.new.root_told)

    assert isinstance(mistyped.exception, RootKeyMistyped)
    assert isinstance(in_use.exception, KeyInUse)
    assert slip not in mistyped.output + str(mistyped.exception)
    assert loa.keys == before


def test_the_keys_of_another_station_are_not_changed(loa: Loa) -> None:
    """Devices of the station in the database pinned another root."""
    database = connect(f"sqlite:///{loa.folder / 'station.sqlite3'}")
    with database.writing() as session:
        session.get_one(Station, STATION_ID).public_key = "ab" * 32
    database.dispose()

    for arguments in (("show",), ("rotate",), ("revoke", loa.keys.key_id)):
        refused = loa(*arguments, typed=loa.new.root_told)
        assert isinstance(refused.exception, KeyUnreadable)


def test_without_a_station_there_are_no_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command in the wrong folder says so, and leaves nothing behind."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LOA_STATE_DIR", str(tmp_path))

    assert isinstance(CliRunner().invoke(app, ["keys", "show"]).exception, NotFounded)
    assert list(tmp_path.iterdir()) == []


def test_days_are_counted_down(loa: Loa) -> None:
    """What is over has none left."""
    shown = keys_shown(
        loa.database,
        Settings(state_dir=loa.folder),
        station_id=STATION_ID,
        now=datetime.now(UTC) + timedelta(days=500),
    )
    loa.database.dispose()

    assert [key.days_left for key in shown.keys] == [0]
