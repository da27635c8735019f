"""Stored warnings as people see them: what is in force, what waits, which devices were told."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from broadcaster.database.columns import to_ms
from broadcaster.emergency.hazards import WARNING_NAMES, WARNINGS
from broadcaster.emergency.stored_warnings import warnings_of
from broadcaster.emergency.tables import EmergencySound, StoredWarning
from broadcaster.fleet.tables import Device, DeviceStatus


@dataclass(frozen=True, slots=True)
class WarningRow:
    """One text of a warning, and its sound, made or not."""

    row: StoredWarning
    sound: EmergencySound


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningShown:
    """One hazard's warning: what is in force, what waits, and the words to start from."""

    hazard: str
    name: str
    offered: str
    in_force: WarningRow | None = None
    waiting: WarningRow | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """How many devices have a configuration that was signed after the last approval, of how many.

    That they have fetched the sound as well no device says.
    """

    told: int
    devices: int


def warnings_shown(session: Session, *, station_id: str) -> list[WarningShown]:
    """Every hazard with what is kept for it, in the product's order."""
    rows = warnings_of(session, station_id=station_id)
    sounds = {
        sound.script_sha256: sound
        for sound in session.exec(
            select(EmergencySound).where(
                col(EmergencySound.script_sha256).in_({row.script_sha256 for row in rows})
            )
        )
    }
    pairs = [WarningRow(row, sounds[row.script_sha256]) for row in rows]

    def first(hazard: str, *, approved: bool) -> WarningRow | None:
        return next(
            (
                each
                for each in pairs
                if each.row.hazard == hazard and (each.row.approved_at is not None) == approved
            ),
            None,
        )

    return [
        WarningShown(
            hazard=hazard,
            name=WARNING_NAMES[hazard],
            offered=offered,
            in_force=first(hazard, approved=True),
            waiting=first(hazard, approved=False),
        )
        for hazard, offered in WARNINGS.items()
    ]


def devices_holding(
    session: Session, rows: Sequence[StoredWarning], *, station_id: str
) -> Holding | None:
    """How many devices were told of the newest approved warning; None before there is one.

    A configuration's version is at least the time at which it was signed, so it tells.
    """
    newest = max((row.approved_at for row in rows if row.approved_at), default=None)
    if newest is None:
        return None
    in_service = (
        select(func.count())
        .select_from(Device)
        .where(Device.station_id == station_id, col(Device.retired_at).is_(None))
    )
    told = (
        select(func.count())
        .select_from(Device)
        .join(DeviceStatus, col(DeviceStatus.device_id) == col(Device.id))
        .where(
            Device.station_id == station_id,
            col(Device.retired_at).is_(None),
            col(DeviceStatus.config_version) >= to_ms(newest),
        )
    )
    return Holding(told=session.exec(told).one(), devices=session.exec(in_service).one())
