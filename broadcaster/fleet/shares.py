"""Which pole reaches which share of a village: entered from a day on, and carried on in mergers.

A share that held yesterday ends with the day before; it is never changed. Plays that have begun
keep the shares of their day (`ledger.expectations`).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from sqlmodel import Session, col, select

from broadcaster.areas.errors import NothingToMerge, UnknownVillage
from broadcaster.areas.languages import find_village
from broadcaster.areas.merging import merge_villages
from broadcaster.areas.queries import merged_by, residents_on
from broadcaster.areas.registering import find_cluster
from broadcaster.areas.tables import Village, VillageMerger
from broadcaster.audit import Act, record
from broadcaster.fleet.errors import SharesExceedVillage, ShareUnusable, UnknownDevice
from broadcaster.fleet.registry import holds_on, known_devices
from broadcaster.fleet.tables import Device, DeviceShare

log = structlog.get_logger()

WIRED = ""
"""The poles of a village that cannot confirm, wired and FM, in place of a device's id."""
_ROUNDING = 1e-9

Shares = Mapping[str, float]
"""The share of a village's residents that each device reaches, and those of `WIRED`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Merging:
    """Villages that are to become one from a day on; without numbers, their sums of that day."""

    village_ids: Sequence[str]
    name: str
    cluster_id: str
    since: date
    households: int | None = None
    residents: int | None = None


def read_percent(typed: str) -> float:
    """A share as people write it, `33,3` or nothing for none; raise ShareUnusable."""
    text = typed.strip().removesuffix("%").strip().replace(",", ".")
    if not text:
        return 0.0
    try:
        percent = float(text) if text.isascii() and len(text) < 12 else -1.0
    except ValueError as error:
        raise ShareUnusable(typed[:20], field="percent") from error
    if not 0 <= percent <= 100:
        raise ShareUnusable(typed[:20], field="percent")
    return percent / 100


def written_percent(share: float) -> str:
    """A share as people type it; nothing for none."""
    return f"{share * 100:.2f}".rstrip("0").rstrip(".").replace(".", ",") if share else ""


def shares_on(session: Session, village_id: str, day: date) -> dict[str, float]:
    """The shares that hold on a day, of devices in service and of wired poles."""
    found: dict[str, float] = defaultdict(float)
    for row in _rows(session, [village_id]):
        if holds_on(row, day=day):
            found[row.device_id or WIRED] += row.share
    return dict(found)


def next_change(session: Session, village_id: str, day: date) -> date | None:
    """The first later day on which shares of a village change, as entered already."""
    days = {row.valid_from for row in _rows(session, [village_id])}
    days |= {row.valid_until for row in _rows(session, [village_id]) if row.valid_until}
    return min((each for each in days if each > day), default=None)


def keep_shares(
    session: Session,
    village_id: str,
    shares: Shares,
    *,
    since: date,
    station_id: str,
    by: str | None,
    now: datetime,
) -> None:
    """Let exactly these poles reach a village from a day on, whatever was entered for later days.

    The day was checked. Raises NoSuchVillage, UnknownVillage for one that is merged by then,
    UnknownDevice, SharesExceedVillage.
    """
    village = find_village(session, village_id, station_id=station_id)
    if village.id in merged_by(session, since):
        raise UnknownVillage(village_id, field="village_id")
    wanted = {device: share for device, share in shares.items() if share > 0}
    _check(session, wanted, village_id=village.id, station_id=station_id)
    before = shares_on(session, village.id, since)
    _end(session, [village.id], since=since, keep=wanted)
    standing = {
        row.device_id or WIRED
        for row in _all_rows(session, [village.id])
        if holds_on(row, day=since)
    }
    session.add_all(
        DeviceShare(device_id=device or None, village_id=village.id, share=share, valid_from=since)
        for device, share in sorted(wanted.items())
        if device not in standing
    )
    session.flush()
    _record(session, village.id, wanted, before, since=since, by=by, now=now)


def merge_with_poles(
    session: Session, merging: Merging, *, station_id: str, by: str | None, now: datetime
) -> Village:
    """Let villages become one, reached by their poles as its parts were.

    A pole's share of the new village is the residents whom it reached in the old ones, of all.
    Raises NothingToMerge, UnknownCluster.
    """
    cluster = find_cluster(session, merging.cluster_id, station_id=station_id)
    ids = sorted(set(merging.village_ids))
    parts = [find_village(session, each, station_id=station_id) for each in ids]
    if len(parts) < 2 or any(session.get(VillageMerger, each) for each in ids):
        raise NothingToMerge(field="village_ids")
    people = residents_on(session, ids, merging.since)
    reached: dict[str, float] = defaultdict(float)
    for village_id in ids:
        living = people[village_id].residents if village_id in people else 0
        for device, share in shares_on(session, village_id, merging.since).items():
            reached[device] += share * living
    everybody = sum(each.residents for each in people.values())
    merged = merge_villages(
        session,
        ids,
        name=merging.name,
        cluster_id=cluster.id,
        since=merging.since,
        households=sum(each.households for each in people.values())
        if merging.households is None
        else merging.households,
        residents=everybody if merging.residents is None else merging.residents,
        by=by,
        now=now,
    )
    _end(session, ids, since=merging.since, keep={})
    if everybody:
        session.add_all(
            DeviceShare(
                device_id=device or None,
                village_id=merged.id,
                share=min(living / everybody, 1.0),
                valid_from=merging.since,
            )
            for device, living in sorted(reached.items())
            if living > 0
        )
    session.flush()
    return merged


def _check(session: Session, wanted: Shares, *, village_id: str, station_id: str) -> None:
    known = {device.id for device in known_devices(session, station_id)} | {WIRED}
    unknown = set(wanted) - known
    if unknown:
        raise UnknownDevice(min(unknown))
    if any(share > 1 for share in wanted.values()) or sum(wanted.values()) > 1 + _ROUNDING:
        raise SharesExceedVillage(village_id, field="percent")


def _end(session: Session, village_ids: Collection[str], *, since: date, keep: Shares) -> None:
    """End what holds from `since` on, but for what stays the same; what never held goes."""
    for row in _all_rows(session, village_ids):
        stays = (
            row.valid_until is None
            and row.valid_from <= since
            and keep.get(row.device_id or WIRED) == row.share
        )
        if stays or (row.valid_until is not None and row.valid_until <= since):
            continue
        if row.valid_from < since:
            row.valid_until = since
        else:
            session.delete(row)
    session.flush()


def _rows(session: Session, village_ids: Collection[str]) -> list[DeviceShare]:
    """The shares of devices in service, and of wired poles."""
    return list(
        session.exec(
            select(DeviceShare)
            .join(Device, col(Device.id) == col(DeviceShare.device_id), isouter=True)
            .where(col(DeviceShare.village_id).in_(village_ids), col(Device.retired_at).is_(None))
        )
    )


def _all_rows(session: Session, village_ids: Collection[str]) -> list[DeviceShare]:
    return list(
        session.exec(
            select(DeviceShare)
            .where(col(DeviceShare.village_id).in_(village_ids))
            .order_by(col(DeviceShare.valid_from), col(DeviceShare.id))
        )
    )


def _record(
    session: Session,
    village_id: str,
    wanted: Shares,
    before: Shares,
    *,
    since: date,
    by: str | None,
    now: datetime,
) -> None:
    record(
        session,
        Act.SHARES_CHANGED,
        by=by,
        about=village_id,
        at=now,
        details={"since": since.isoformat(), "before": _told(before), "after": _told(wanted)},
    )
    log.info("shares_changed", village_id=village_id, since=str(since), by=by)


def _told(shares: Shares) -> str:
    return ", ".join(f"{device or 'wired'} {share:.4f}" for device, share in sorted(shares.items()))
