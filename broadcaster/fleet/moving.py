"""A device that moves, and one that takes another's place; what was confirmed stays where it was.

Area, title and share are recorded in each play on its day, so neither act touches the past: shares
end today and begin anew, and each device keeps its id, its key and its confirmations.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from sqlmodel import Session, col, or_, select

from broadcaster.areas.queries import clusters_named, villages_of
from broadcaster.audit import Act, record
from broadcaster.fleet.errors import (
    DeviceNameMissing,
    SameDevice,
    ShareUnusable,
    VillageElsewhere,
)
from broadcaster.fleet.registry import device_in_service, holds_on, retire, share_village
from broadcaster.fleet.tables import Device, DeviceSetting, DeviceShare, DeviceSuccession

log = structlog.get_logger()

NAME_LIMIT_CHARACTERS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPlace:
    """Where a device stands from a day on: its name, its cluster, and whom it reaches.

    `shares` maps villages of that cluster to shares of their residents.
    """

    name: str
    cluster_id: str
    shares: dict[str, float]


def move_device(
    session: Session,
    device_id: str,
    place: NewPlace,
    *,
    station_id: str,
    by: str,
    today: date,
    now: datetime,
) -> Device:
    """Let a device serve another place from today on; the broker's file is written afterwards.

    Raises UnknownDevice, UnknownCluster, DeviceNameMissing, VillageElsewhere, ShareUnusable or
    SharesExceedVillage.
    """
    device = device_in_service(session, device_id, station_id=station_id, locked=True)
    name = " ".join(place.name.split())[:NAME_LIMIT_CHARACTERS]
    if not name:
        raise DeviceNameMissing(field="name")
    clusters_named(session, station_id, [place.cluster_id])
    _check_shares(session, place, station_id=station_id)
    before = device.cluster_id
    device.name, device.cluster_id = name, place.cluster_id
    _end_shares(session, device_id, today=today)
    for village_id, share in place.shares.items():
        share_village(
            session, village_id=village_id, share=share, device_id=device_id, valid_from=today
        )
    record(
        session,
        Act.DEVICE_MOVED,
        by=by,
        about=device_id,
        at=now,
        details={
            "from": before,
            "to": place.cluster_id,
            "shares": " ".join(f"{key}={value:.4f}" for key, value in place.shares.items()),
        },
    )
    log.info("device_moved", device_id=device_id, before=before, after=place.cluster_id, by=by)
    return device


def take_over(
    session: Session,
    device_id: str,
    into_device_id: str,
    *,
    station_id: str,
    by: str,
    today: date,
    now: datetime,
) -> Device:
    """Let one device take the place of another, which is retired: a box that was exchanged.

    Cluster, shares, place on the map and settings go over where the new one has none of its own;
    the broker's file is written afterwards. Raises UnknownDevice, SameDevice.
    """
    if device_id == into_device_id:
        raise SameDevice(field="into")
    first, second = sorted((device_id, into_device_id))
    locked = {
        each: device_in_service(session, each, station_id=station_id, locked=True)
        for each in (first, second)
    }
    old, new = locked[device_id], locked[into_device_id]
    # One that was heard in another cluster until now stands where the old one stood from today on.
    stays = new.cluster_id == old.cluster_id
    reached = _reached(session, [device_id, into_device_id] if stays else [device_id], today=today)
    new.cluster_id = old.cluster_id
    for each in (device_id, into_device_id):
        _end_shares(session, each, today=today)
    for village_id, share in reached.items():
        share_village(
            session,
            village_id=village_id,
            share=share,
            device_id=into_device_id,
            valid_from=today,
        )
    if new.latitude is None:
        new.latitude, new.longitude = old.latitude, old.longitude
    _hand_settings_over(session, device_id, into_device_id, now=now)
    session.add(DeviceSuccession(device_id=device_id, into_device_id=into_device_id, at=now))
    retire(session, device_id, now=now)
    record(
        session, Act.DEVICE_MERGED, by=by, about=device_id, at=now, details={"into": into_device_id}
    )
    log.warning("device_merged", device_id=device_id, into=into_device_id, by=by)
    return new


def shares_of(session: Session, device_id: str) -> Sequence[DeviceShare]:
    """All shares that a device ever had, in their order."""
    return session.exec(
        select(DeviceShare)
        .where(DeviceShare.device_id == device_id)
        .order_by(col(DeviceShare.valid_from), col(DeviceShare.id))
    ).all()


def predecessors(session: Session, device_id: str) -> Sequence[Device]:
    """The devices whose place this one took, and those before them; the newest first."""
    found: list[Device] = []
    seeking = [device_id]
    while seeking:
        rows = session.exec(
            select(Device)
            .join(DeviceSuccession, col(DeviceSuccession.device_id) == col(Device.id))
            .where(col(DeviceSuccession.into_device_id).in_(seeking))
            .order_by(col(DeviceSuccession.at).desc(), col(Device.id))
        ).all()
        found += rows
        seeking = [each.id for each in rows]
    return found


def _reached(session: Session, device_ids: Sequence[str], *, today: date) -> dict[str, float]:
    """The shares that these devices have today, each village once."""
    shares: dict[str, float] = defaultdict(float)
    for device_id in device_ids:
        for each in shares_of(session, device_id):
            if holds_on(each, day=today):
                shares[each.village_id] += each.share
    return {village_id: min(share, 1.0) for village_id, share in shares.items()}


def _check_shares(session: Session, place: NewPlace, *, station_id: str) -> None:
    there = {
        each.id for each in villages_of(session, station_id) if each.cluster_id == place.cluster_id
    }
    if not set(place.shares) <= there:
        raise VillageElsewhere(field="shares")
    if not all(0 < share <= 1 for share in place.shares.values()):
        raise ShareUnusable(field="shares")


def _end_shares(session: Session, device_id: str, *, today: date) -> None:
    """What held until today ends; what was only to begin, or began today, never was."""
    open_ones = session.exec(
        select(DeviceShare).where(
            DeviceShare.device_id == device_id,
            or_(col(DeviceShare.valid_until).is_(None), col(DeviceShare.valid_until) > today),
        )
    ).all()
    for each in open_ones:
        if each.valid_from >= today:
            session.delete(each)
        else:
            each.valid_until = today
            session.add(each)
    session.flush()


def _hand_settings_over(
    session: Session, device_id: str, into_device_id: str, *, now: datetime
) -> None:
    kept = session.get(DeviceSetting, device_id)
    if kept is None or session.get(DeviceSetting, into_device_id) is not None:
        return
    session.add(
        DeviceSetting(
            device_id=into_device_id,
            volume=kept.volume,
            stagger_ms=kept.stagger_ms,
            changed_by=kept.changed_by,
            changed_at=now,
        )
    )
