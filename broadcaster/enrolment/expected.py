"""Devices that are to come: what lists tell of them, and what becomes of it when they are let in.

Nothing of it proves anything: a device comes in by its code and the fingerprint that a person
compared, like any other. Only then does it get the place and the shares that were expected.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import structlog
from sqlmodel import Session, col, select

from broadcaster.areas.languages import find_village
from broadcaster.areas.registering import find_cluster
from broadcaster.audit import Act, record
from broadcaster.enrolment.errors import NotExpected
from broadcaster.enrolment.tables import ExpectedDevice
from broadcaster.fleet.places import Place, keep_place
from broadcaster.fleet.registry import check_free, share_village
from broadcaster.fleet.tables import Device

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What is known of a device before it comes; `shares` of villages' residents from 0 to 1."""

    device_id: str
    name: str
    cluster_id: str
    place: Place | None = None
    shares: Mapping[str, float] = field(default_factory=dict)
    note: str = ""


def expect_device(
    session: Session, said: Expectation, *, station_id: str, by: str | None, now: datetime
) -> None:
    """Keep what is known of a device to come, in place of what was known before.

    Raises DeviceNameUnusable, DeviceEnrolled, UnknownCluster, NoSuchVillage.
    """
    check_free(session, said.device_id, station_id=station_id)
    cluster = find_cluster(session, said.cluster_id, station_id=station_id)
    for village_id in said.shares:
        find_village(session, village_id, station_id=station_id)
    row = session.get(ExpectedDevice, said.device_id)
    if row is None:
        row = ExpectedDevice(
            device_id=said.device_id,
            station_id=station_id,
            cluster_id=cluster.id,
            name=said.name,
            entered_at=now,
        )
    row.cluster_id, row.name, row.note = cluster.id, said.name, said.note
    row.latitude = said.place.latitude if said.place else None
    row.longitude = said.place.longitude if said.place else None
    row.shares = dict(said.shares)
    row.entered_by, row.entered_at = by, now
    session.add(row)
    session.flush()
    record(
        session,
        Act.DEVICE_EXPECTED,
        by=by,
        about=said.device_id,
        at=now,
        details={"cluster": cluster.id, "villages": " ".join(said.shares)},
    )
    log.info("device_expected", device_id=said.device_id, by=by)


def expected_devices(session: Session, *, station_id: str) -> Sequence[ExpectedDevice]:
    """The devices that are to come, by their ids."""
    return session.exec(
        select(ExpectedDevice)
        .where(ExpectedDevice.station_id == station_id)
        .order_by(col(ExpectedDevice.device_id))
    ).all()


def expect_no_more(
    session: Session, device_id: str, *, station_id: str, by: str | None, now: datetime
) -> None:
    """Take a device off the list of those to come; raise NotExpected."""
    row = session.get(ExpectedDevice, device_id)
    if row is None or row.station_id != station_id:
        raise NotExpected(device_id)
    session.delete(row)
    session.flush()
    record(session, Act.DEVICE_EXPECTED_NO_MORE, by=by, about=device_id, at=now)
    log.info("device_expected_no_more", device_id=device_id, by=by)


def has_come(session: Session, device: Device, *, today: date, by: str, now: datetime) -> bool:
    """Give a device that was let in what was expected of it; whether anything was.

    Raises SharesExceedVillage.
    """
    row = session.get(ExpectedDevice, device.id)
    if row is None or row.station_id != device.station_id:
        return False
    if row.latitude is not None and row.longitude is not None:
        keep_place(
            session,
            device.id,
            Place(row.latitude, row.longitude),
            station_id=device.station_id,
            by=by,
            now=now,
        )
    for village_id, share in sorted(row.shares.items()):
        if share > 0:
            share_village(
                session,
                village_id=village_id,
                share=share,
                device_id=device.id,
                valid_from=today,
            )
    session.delete(row)
    session.flush()
    return bool(row.shares)
