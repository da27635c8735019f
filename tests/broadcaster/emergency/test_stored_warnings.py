"""Stored warnings: written by one, approved by another, and only then on every device."""

import pytest
from sqlmodel import col, select

from broadcaster.areas.tables import Station
from broadcaster.dispatch.config_signing import sign_changed_configs
from broadcaster.dispatch.tables import SignedConfig
from broadcaster.emergency.errors import OwnWarning, WarningChanged, WarningNotRendered
from broadcaster.emergency.hazards import WARNINGS
from broadcaster.emergency.raising import checked_words
from broadcaster.emergency.stored_warnings import approve_warning, write_warning
from broadcaster.emergency.tables import EmergencySound, StoredWarning
from broadcaster.emergency.warnings_shown import devices_holding, warnings_shown
from devices.protocol.jws import unverified_payload
from devices.protocol.messages import Config, decode
from tests.broadcaster.dispatch.fleet import report
from tests.broadcaster.emergency.conftest import KEYS, WatchRoom
from tests.broadcaster.small_station import STATION_ID

WORDS = "Chú ý! Nước đang lên. Bà con lên nơi cao ngay."


def write(room: WatchRoom, words: str = WORDS, hazard: str = "flood") -> str:
    """The operator proposes a warning; its id."""
    with room.database.writing() as session:
        row = write_warning(
            session,
            hazard,
            checked_words(words),
            station_id=STATION_ID,
            by=room.giver,
            now=room.now(),
        )
        return row.id


def approve(room: WatchRoom, warning_id: str, *, by: str = "", audio: str = "") -> None:
    """Approve what was heard."""
    with room.database.writing() as session:
        row = session.get_one(StoredWarning, warning_id)
        sound = session.get_one(EmergencySound, row.script_sha256)
        approve_warning(
            session,
            warning_id,
            audio_sha256=audio or sound.audio_sha256,
            station_id=STATION_ID,
            by=by or room.leader,
            now=room.now(),
        )


def on_devices(room: WatchRoom) -> list[tuple[str, str]]:
    """Hazards and sounds in the newest configuration of a device."""
    with room.database.writing() as session:
        sign_changed_configs(
            session,
            station=session.get_one(Station, STATION_ID),
            keys=KEYS,
            station_url="http://dai.example",
            now=room.now(),
        )
        message = session.exec(
            select(SignedConfig.message)
            .where(SignedConfig.device_id == "loa-0")
            .order_by(col(SignedConfig.version).desc())
        ).first()
    assert message is not None
    config = decode(unverified_payload(message.encode()), Config)
    return [(each.hazard, each.item.sha256) for each in config.warnings]


def test_what_another_approved_stands_in_every_configuration(room: WatchRoom) -> None:
    """With the sound that was heard; nothing before that."""
    warning_id = write(room)
    room.make_all()

    assert on_devices(room) == []
    approve(room, warning_id)
    ((hazard, sha256),) = on_devices(room)
    assert hazard == "flood"
    assert room.studio.store.exists(sha256)


def test_nobody_approves_what_they_wrote_or_did_not_hear(room: WatchRoom) -> None:
    """Neither by themselves, nor before there is a sound, nor for another one."""
    warning_id = write(room)

    with pytest.raises(WarningNotRendered):
        approve(room, warning_id)
    room.make_all()
    with pytest.raises(OwnWarning):
        approve(room, warning_id, by=room.giver)
    with pytest.raises(WarningChanged):
        approve(room, warning_id, audio="ab" * 32)


def test_the_one_in_force_stays_until_the_next_is_approved(room: WatchRoom) -> None:
    """New words wait beside it; then they take its place."""
    first = write(room)
    room.make_all()
    approve(room, first)
    held = on_devices(room)
    second = write(room, "Chú ý! Nước lên rất nhanh. Lên nơi cao ngay.")
    room.make_all()

    assert on_devices(room) == held
    with room.database.reading() as session:
        shown = {each.hazard: each for each in warnings_shown(session, station_id=STATION_ID)}
    assert set(shown) == set(WARNINGS)
    assert shown["flood"].in_force is not None
    assert shown["flood"].waiting is not None
    approve(room, second)
    assert on_devices(room) != held


def test_an_approved_warning_is_the_alarm_too(room: WatchRoom) -> None:
    """What devices keep is what they say while the message waits for its sound."""
    warning_id = write(room, hazard="dam_release")
    room.make_all()
    approve(room, warning_id)
    room.authorise()
    emergency_id = room.raise_()
    (order,) = (now.order for now in room.hurry() if now.cluster == "cl-1")

    assert order is not None
    assert order.items[0].sha256 == on_devices(room)[0][1]
    assert set(room.parts(emergency_id)) == {"alarm", "message"}


def test_who_was_told_is_counted_by_what_devices_say(room: WatchRoom) -> None:
    """A configuration that is newer than the approval; before any, nothing is claimed."""
    warning_id = write(room)
    room.make_all()
    with room.database.reading() as session:
        assert devices_holding(session, [], station_id=STATION_ID) is None
    approve(room, warning_id)
    on_devices(room)
    with room.database.writing() as session:
        version = session.exec(
            select(SignedConfig.version).order_by(col(SignedConfig.version).desc())
        ).first()
        report(session, "loa-0", now=room.now(), config_version=version or 0)
        row = session.get_one(StoredWarning, warning_id)
        holding = devices_holding(session, [row], station_id=STATION_ID)

    assert holding is not None
    assert (holding.told, holding.devices) == (1, 2)
