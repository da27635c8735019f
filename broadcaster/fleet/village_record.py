"""One village as it is registered: its people over the years, and who reaches whom on a day."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from broadcaster.areas.languages import find_village
from broadcaster.areas.queries import (
    KnownCluster,
    KnownVillage,
    clusters_of,
    merged_by,
    not_standing,
    villages_of,
)
from broadcaster.areas.registering import populations_of
from broadcaster.areas.tables import Cluster, Village, VillagePopulation
from broadcaster.fleet.registry import KnownDevice, known_devices
from broadcaster.fleet.shares import WIRED, next_change, shares_on, written_percent


@dataclass(frozen=True, slots=True, kw_only=True)
class PoleShare:
    """A pole that could reach the village, and the share that it does. `device_id` of wired: ''."""

    device_id: str
    name: str
    cluster_id: str
    share: float

    @property
    def percent(self) -> str:
        """The share as people type it."""
        return written_percent(self.share)


@dataclass(frozen=True, slots=True, kw_only=True)
class VillageRecord:
    """What is registered of a village. `next_change` is a later day for which something is."""

    village: Village
    cluster: Cluster
    populations: Sequence[VillagePopulation]
    poles: Sequence[PoleShare]
    next_change: date | None
    merged_into: str | None

    @property
    def near(self) -> Sequence[PoleShare]:
        """The poles that reach it or stand in its cluster, and its wired ones."""
        cluster = self.village.cluster_id
        return [each for each in self.poles if each.share or each.cluster_id == cluster]

    @property
    def far(self) -> Sequence[PoleShare]:
        """The poles of other clusters, of which one may stand near enough."""
        cluster = self.village.cluster_id
        return [each for each in self.poles if not each.share and each.cluster_id != cluster]

    @property
    def shared_out(self) -> float:
        """How much of the village is shared out."""
        return sum(each.share for each in self.poles)


def village_record(
    session: Session,
    village_id: str,
    *,
    station_id: str,
    day: date,
    of_clusters: Collection[str] | None = None,
) -> VillageRecord:
    """What is registered of a village on a day; raise NoSuchVillage.

    `of_clusters` leaves out poles of other clusters than these that have no share of it.
    """
    village = find_village(session, village_id, station_id=station_id)
    shares = shares_on(session, village.id, day)
    return VillageRecord(
        village=village,
        cluster=session.get_one(Cluster, village.cluster_id),
        populations=populations_of(session, village.id),
        poles=[
            *(
                PoleShare(
                    device_id=device.id,
                    name=device.name,
                    cluster_id=device.cluster_id,
                    share=shares.get(device.id, 0.0),
                )
                for device in _near(
                    session, village, shares, station_id=station_id, of_clusters=of_clusters
                )
            ),
            PoleShare(
                device_id=WIRED,
                name="",
                cluster_id=village.cluster_id,
                share=shares.get(WIRED, 0.0),
            ),
        ],
        next_change=next_change(session, village.id, day),
        merged_into=merged_by(session, day).get(village.id),
    )


def standing_villages(
    session: Session,
    *,
    station_id: str,
    day: date,
    of_clusters: Collection[str] | None = None,
    beside: Collection[str] = (),
) -> tuple[Sequence[KnownCluster], Sequence[KnownVillage]]:
    """The station's clusters, and the villages that stand on a day (some, as `villages_of`)."""
    absent = not_standing(session, day)
    villages = villages_of(session, station_id, of_clusters=of_clusters, beside=beside)
    return clusters_of(session, station_id), [each for each in villages if each.id not in absent]


def _near(
    session: Session,
    village: Village,
    shares: dict[str, float],
    *,
    station_id: str,
    of_clusters: Collection[str] | None,
) -> Sequence[KnownDevice]:
    """The poles of the village's cluster first, then those of others."""
    near = None if of_clusters is None else {village.cluster_id, *of_clusters}
    devices = known_devices(session, station_id, of_clusters=near, beside=shares)
    return sorted(
        devices,
        key=lambda each: (each.id not in shares, each.cluster_id != village.cluster_id, each.name),
    )
