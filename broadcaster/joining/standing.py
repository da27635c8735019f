"""The stations that were joined, and how far their loudspeakers were taken over. Only reads."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session, col, select

from broadcaster.areas.tables import JoinedStation
from broadcaster.fleet.tables import Device, DeviceSuccession, JoinedDevice
from broadcaster.inspection.errors import ExportUnreadable
from broadcaster.inspection.exporting import is_as_exported, read_manifest
from broadcaster.joining.bringing import EVIDENCE, digest_of, evidence_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedPole:
    """A loudspeaker that came along, its code there, and what took its place here."""

    device_id: str
    name: str
    signed_as: str
    taken_by: str | None
    retired: bool

    @property
    def waits(self) -> bool:
        """Whether it stands in the list of devices and cannot be spoken to."""
        return self.taken_by is None and not self.retired


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedShown:
    """A joined station with its loudspeakers, those that wait for their enrolment first."""

    station_id: str
    name: str
    commune: str
    public_key: str
    as_of: datetime
    joined_at: datetime
    evidence_sha256: str
    devices: Sequence[JoinedPole]

    @property
    def taken_over(self) -> int:
        """How many of its loudspeakers need nothing more."""
        return sum(not each.waits for each in self.devices)

    @property
    def evidence(self) -> str:
        """Where its ledger lies in the station's folder."""
        return f"{EVIDENCE}/{self.station_id}"


def joined_stations(session: Session, *, station_id: str) -> Sequence[JoinedShown]:
    """Every station that was joined to this one, in the order in which they came."""
    rows = session.exec(
        select(JoinedStation)
        .where(JoinedStation.station_id == station_id)
        .order_by(col(JoinedStation.joined_at), col(JoinedStation.id))
    ).all()
    poles = _poles(session, [each.id for each in rows])
    return [
        JoinedShown(
            station_id=each.id,
            name=each.name,
            commune=each.commune,
            public_key=each.public_key,
            as_of=each.as_of,
            joined_at=each.joined_at,
            evidence_sha256=each.evidence_sha256,
            devices=sorted(
                poles[each.id], key=lambda pole: (not pole.waits, pole.name, pole.device_id)
            ),
        )
        for each in rows
    ]


def evidence_holds(station: JoinedShown, state_dir: Path) -> bool:
    """Whether the ledger that is kept of it is the one of which the trail has the hash."""
    folder = evidence_folder(state_dir, station.station_id)
    try:
        manifest = read_manifest(folder)
        return digest_of(folder) == station.evidence_sha256 and all(
            is_as_exported(folder, name, manifest) for name in manifest.tables
        )
    except (OSError, ExportUnreadable):
        return False


def _poles(session: Session, station_ids: Sequence[str]) -> dict[str, list[JoinedPole]]:
    found: dict[str, list[JoinedPole]] = defaultdict(list)
    rows = session.exec(
        select(JoinedDevice, Device, DeviceSuccession.into_device_id)
        .join(Device, col(Device.id) == col(JoinedDevice.device_id))
        .join(
            DeviceSuccession,
            col(DeviceSuccession.device_id) == col(JoinedDevice.device_id),
            isouter=True,
        )
        .where(col(JoinedDevice.joined_station_id).in_(station_ids))
    )
    for joined, device, taken_by in rows:
        found[joined.joined_station_id].append(
            JoinedPole(
                device_id=device.id,
                name=device.name,
                signed_as=joined.signed_as,
                taken_by=taken_by,
                retired=device.retired_at is not None,
            )
        )
    return found
