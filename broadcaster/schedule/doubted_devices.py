"""Devices that somebody must look at although they talk: their journals cannot be believed.

One that writes two journals at once stays here until it begins another or is retired; one that
lost its journal is shown for a week.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Cluster
from broadcaster.fleet.tables import Device
from broadcaster.ledger.epochs import NEW_EPOCH, TWO_LIVE_EPOCHS
from broadcaster.ledger.tables import KnownJournal
from broadcaster.schedule.attention import devices_reaching

LOST_JOURNAL_SHOWN = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtedDevice:
    """A device whose journals cannot be believed, or one that lost its journal lately."""

    device_id: str
    name: str
    cluster_name: str
    code: str
    since: datetime


def doubted_devices(
    session: Session,
    *,
    station_id: str,
    villages: Collection[str] | None,
    now: datetime,
    limit: int = 10,
) -> list[DoubtedDevice]:
    """Devices that write two journals at once, then those that began another one lately."""
    found: dict[str, DoubtedDevice] = {}
    for code, since in (
        (TWO_LIVE_EPOCHS, col(KnownJournal.quarantined_at)),
        (NEW_EPOCH, col(KnownJournal.first_heard_at)),
    ):
        wanted = (
            select(Device.id, Device.name, Cluster.name, since)
            .join(KnownJournal, col(KnownJournal.device_id) == col(Device.id))
            .join(Cluster, col(Cluster.id) == col(Device.cluster_id))
            .where(
                Device.station_id == station_id,
                col(Device.retired_at).is_(None),
                # First those that alarm at all: of thousands it is nearly always none.
                col(Device.id).in_(
                    select(KnownJournal.device_id).where(_is_alarming(code, now=now))
                ),
                col(KnownJournal.number) == _newest_number(),
                _is_alarming(code, now=now),
            )
            .order_by(since.desc(), col(Device.id))
            .limit(limit)
        )
        if villages is not None:
            wanted = wanted.where(col(Device.id).in_(devices_reaching(villages)))
        for id_, name, cluster, at in session.exec(wanted):
            if at is not None:
                doubted = DoubtedDevice(
                    device_id=id_, name=name, cluster_name=cluster, code=code, since=at
                )
                found.setdefault(id_, doubted)
    return list(found.values())[:limit]


def _newest_number() -> Any:  # noqa: ANN401 - a scalar subquery
    newest = aliased(KnownJournal)
    return (
        select(func.max(newest.number))
        .where(newest.device_id == KnownJournal.device_id)
        .correlate(KnownJournal)
        .scalar_subquery()
    )


def _is_alarming(code: str, *, now: datetime) -> Any:  # noqa: ANN401 - a condition
    if code == TWO_LIVE_EPOCHS:
        return col(KnownJournal.quarantined_at).is_not(None)
    return and_(
        col(KnownJournal.number) > 1, col(KnownJournal.first_heard_at) > now - LOST_JOURNAL_SHOWN
    )
