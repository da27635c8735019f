"""What the page of one device shows: its own words, where it may go, what it went through."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from broadcaster.accounts.people import display_names
from broadcaster.areas.queries import (
    MANY_VILLAGES,
    KnownCluster,
    KnownVillage,
    clusters_of,
    villages_of,
)
from broadcaster.fleet.detail import DeviceDetail, device_detail
from broadcaster.fleet.history import HistoryLine, history_of
from broadcaster.fleet.moving import predecessors, shares_of
from broadcaster.fleet.registry import KnownDevice, holds_on, known_devices
from broadcaster.fleet.self_tests import SelfTestStanding, self_test_standing
from broadcaster.fleet.tables import Device
from broadcaster.web.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceShown:
    """One device with its surroundings, as they stand today."""

    device: DeviceDetail
    clusters: Sequence[KnownCluster]
    villages: Sequence[KnownVillage]
    shares: Mapping[str, float]
    others: Sequence[KnownDevice]
    is_part: bool
    before: Sequence[Device]
    history: Sequence[HistoryLine]
    people: Mapping[str, str]
    self_test: SelfTestStanding


def shown_of(
    session: Session,
    device_id: str,
    *,
    station: Context,
    cluster: str = "",
    named: Collection[str] = (),
) -> DeviceShown:
    """Everything that the page shows; raise UnknownDevice.

    Where there are many, the villages to which a device could move and the devices that could take
    its place are those of its own cluster and of `cluster`; `named` are villages shown besides.
    """
    now = station.now()
    today = station.day_of(now)
    device = device_detail(session, device_id, station_id=station.station_id, day=today)
    before = predecessors(session, device_id)
    history = history_of(session, [device_id, *(each.id for each in before)])
    shares = {
        each.village_id: each.share
        for each in shares_of(session, device_id)
        if holds_on(each, day=today)
    }
    villages = villages_of(session, station.station_id)
    near = {device.line.cluster_id, cluster} if len(villages) > MANY_VILLAGES else None
    others = known_devices(session, station.station_id, of_clusters=near)
    return DeviceShown(
        device=device,
        clusters=clusters_of(session, station.station_id),
        villages=[
            each
            for each in villages
            if near is None or each.cluster_id in near or each.id in shares or each.id in named
        ],
        shares=shares,
        others=[each for each in others if each.id != device_id],
        is_part=near is not None,
        before=before,
        history=history,
        people=display_names(session, {each.person for each in history if each.person}),
        self_test=self_test_standing(session, device_id, now=now),
    )
