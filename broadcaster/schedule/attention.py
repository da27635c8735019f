"""What needs a hand today: decisions that wait, and devices that nobody should have to guess about.

A device that has never been heard of is no alarm: it is shown as such on the list of devices.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, func
from sqlmodel import Session, col, select

from broadcaster.accounts.tables import Account
from broadcaster.areas.tables import Cluster
from broadcaster.bulletins.commenting import Comment, newest_comments
from broadcaster.bulletins.tables import Approval, Bulletin
from broadcaster.fleet.tables import Device, DeviceShare, DeviceStatus
from broadcaster.ledger.tables import Alert
from broadcaster.schedule.tables import Broadcast
from broadcaster.schedule.wanted import Wanted, nearness, wanted_of

_LOOKED_THROUGH = 200
"""How many that wait are put in order; an office decides on a few a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingBulletin:
    """A bulletin that somebody has to approve or return, and the last word about it if any."""

    bulletin_id: str
    title: str
    author: str
    submitted_at: datetime
    comment: Comment | None
    wanted: Wanted | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnconfirmedBroadcast:
    """A broadcast of which devices owe their word beyond the deadline."""

    broadcast_id: str
    title: str
    starts_at: datetime
    devices: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineDevice:
    """A device that was heard of and has gone."""

    device_id: str
    name: str
    cluster_name: str
    since: datetime


def waiting_bulletins(
    session: Session, *, station_id: str, zone: ZoneInfo, now: datetime, limit: int = 10
) -> list[WaitingBulletin]:
    """Submitted bulletins whose present words and sound nobody has decided on.

    What is to play soonest comes first, and of two that nobody wants sooner the older one.
    """
    rows = session.exec(
        select(Bulletin, Account.display_name)
        .join(Account, col(Account.id) == col(Bulletin.author_id))
        .where(Bulletin.station_id == station_id, _is_waiting())
        .order_by(col(Bulletin.submitted_at), col(Bulletin.id))
        .limit(_LOOKED_THROUGH)
    ).all()
    wanted = wanted_of(session, [each.id for each, _ in rows], zone=zone, now=now)
    # Sorting keeps the order of submission where nearness is the same.
    rows = sorted(rows, key=lambda row: nearness(wanted.get(row[0].id)))[:limit]
    said = newest_comments(session, [each.rendition_id or "" for each, _ in rows])
    return [
        WaitingBulletin(
            bulletin_id=each.id,
            title=each.title,
            author=author,
            submitted_at=each.submitted_at,
            comment=said.get(each.rendition_id or ""),
            wanted=wanted.get(each.id),
        )
        for each, author in rows
        if each.submitted_at is not None
    ]


def waiting_counts(session: Session, *, station_ids: Collection[str]) -> dict[str, int]:
    """How many bulletins wait for a decision at each of these stations; none is left out."""
    rows = session.exec(
        select(Bulletin.station_id, func.count())
        .where(col(Bulletin.station_id).in_(station_ids), _is_waiting())
        .group_by(col(Bulletin.station_id))
    )
    return dict(rows.all())


def _is_waiting() -> ColumnElement[bool]:
    """The condition on a bulletin that it was submitted and nobody has decided since."""
    return and_(
        col(Bulletin.submitted_at).is_not(None),
        col(Bulletin.rendition_id).is_not(None),
        ~exists()
        .where(
            col(Approval.rendition_id) == col(Bulletin.rendition_id),
            col(Approval.decided_at) >= col(Bulletin.submitted_at),
        )
        .correlate(Bulletin),
    )


def unconfirmed_broadcasts(
    session: Session, *, villages: Collection[str] | None, limit: int = 10
) -> list[UnconfirmedBroadcast]:
    """Broadcasts with open alerts of devices in view, newest first."""
    # Counted first, of what stands open alone: a year's alerts of all broadcasts lie there.
    owing = (
        select(Alert.broadcast_id, func.count().label("devices"))
        .where(col(Alert.resolved_at).is_(None), col(Alert.device_id).is_not(None))
        .group_by(col(Alert.broadcast_id))
    )
    if villages is not None:
        owing = owing.where(col(Alert.device_id).in_(devices_reaching(villages)))
    found = owing.subquery()
    counted = (
        select(Broadcast.id, Broadcast.title, Broadcast.starts_at, found.c.devices)
        .join(found, found.c.broadcast_id == col(Broadcast.id))
        .order_by(col(Broadcast.starts_at).desc(), col(Broadcast.id))
        .limit(limit)
    )
    return [
        UnconfirmedBroadcast(broadcast_id=id_, title=title, starts_at=starts_at, devices=devices)
        for id_, title, starts_at, devices in session.exec(counted)
    ]


def offline_devices(
    session: Session, *, station_id: str, villages: Collection[str] | None, limit: int = 10
) -> list[OfflineDevice]:
    """Devices that were heard of and are offline now, those longest silent first."""
    wanted = (
        select(Device.id, Device.name, Cluster.name, DeviceStatus.said_at)
        .join(DeviceStatus, col(DeviceStatus.device_id) == col(Device.id))
        .join(Cluster, col(Cluster.id) == col(Device.cluster_id))
        .where(
            Device.station_id == station_id,
            col(Device.retired_at).is_(None),
            col(DeviceStatus.online).is_(False),
        )
        .order_by(col(DeviceStatus.said_at), col(Device.id))
        .limit(limit)
    )
    if villages is not None:
        wanted = wanted.where(col(Device.id).in_(devices_reaching(villages)))
    return [
        OfflineDevice(device_id=id_, name=name, cluster_name=cluster, since=since)
        for id_, name, cluster, since in session.exec(wanted)
    ]


def devices_reaching(villages: Collection[str]) -> Sequence[str]:
    """The devices that reach any of these villages, as a subquery."""
    return select(DeviceShare.device_id).where(  # type: ignore[return-value]
        col(DeviceShare.village_id).in_(villages), col(DeviceShare.device_id).is_not(None)
    )
