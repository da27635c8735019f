"""Faults fall on the controllers that the options name: the first K, the last K."""

from pathlib import Path

import pytest

from devices.errors import FleetRefused, IdentityMissing
from devices.protocol.identity import save_identity
from devices.simulation.roster import read_roster
from tests.devices.controller.pole import make_identity


@pytest.fixture
def fleet(tmp_path: Path) -> Path:
    """Four rehearsal controllers, and a stray file."""
    for number in (3, 1, 4, 2):
        save_identity(make_identity(rehearsal=True), tmp_path / f"loa-{number}")
    (tmp_path / "notes.txt").write_text("không phải thiết bị")
    return tmp_path


def test_faults_are_dealt_by_folder_name(fleet: Path) -> None:
    """The first ones get spoilt audio, the last ones fall silent."""
    roles = read_roster(fleet, silent=1, corrupt_audio=2)

    assert [(role.device, role.corrupt_audio, role.falls_silent) for role in roles] == [
        ("loa-1", True, False),
        ("loa-2", True, False),
        ("loa-3", False, False),
        ("loa-4", False, True),
    ]


def test_without_faults_everyone_is_well(fleet: Path) -> None:
    """The default rehearsal has no faults."""
    assert not any(role.corrupt_audio or role.falls_silent for role in read_roster(fleet))


def test_more_faults_than_controllers_hit_all(fleet: Path) -> None:
    """A number too large is no error."""
    assert all(role.falls_silent for role in read_roster(fleet, silent=99))


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """Nobody to simulate."""
    with pytest.raises(FleetRefused):
        read_roster(tmp_path)


def test_a_real_registration_is_refused(fleet: Path) -> None:
    """The simulator never speaks for a pole that exists."""
    save_identity(make_identity(rehearsal=False), fleet / "loa-2")
    with pytest.raises(FleetRefused, match="loa-2"):
        read_roster(fleet)


def test_an_unreadable_identity_is_refused(fleet: Path) -> None:
    """Half a file is no identity."""
    (fleet / "loa-2" / "identity.json").write_text('{"station": "binh-an"')
    with pytest.raises(IdentityMissing):
        read_roster(fleet)
