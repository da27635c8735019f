"""Devices that are no longer in service: what became of them, which is never lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from broadcaster.accounts.people import display_names
from broadcaster.areas.tables import Cluster
from broadcaster.fleet.history import HistoryLine, history_of
from broadcaster.fleet.moving import predecessors
from broadcaster.fleet.tables import Device, DeviceSuccession

_LISTED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RetiredDevice:
    """A device that ended, where it hung last, what took its place, and what it went through."""

    device: Device
    cluster_name: str
    successor: Device | None
    before: Sequence[Device]
    history: Sequence[HistoryLine]
    people: Mapping[str, str]


def retired_device(session: Session, device: Device) -> RetiredDevice:
    """The life of a device that has ended."""
    succession = session.get(DeviceSuccession, device.id)
    before = predecessors(session, device.id)
    history = history_of(session, [device.id, *(each.id for each in before)])
    return RetiredDevice(
        device=device,
        cluster_name=session.get_one(Cluster, device.cluster_id).name,
        successor=session.get(Device, succession.into_device_id) if succession else None,
        before=before,
        history=history,
        people=display_names(session, {each.person for each in history if each.person}),
    )


def lately_retired(session: Session, *, station_id: str) -> Sequence[Device]:
    """The devices of a station that ended, the last first; fifty of them."""
    return session.exec(
        select(Device)
        .where(Device.station_id == station_id, col(Device.retired_at).is_not(None))
        .order_by(col(Device.retired_at).desc(), col(Device.id))
        .limit(_LISTED)
    ).all()
