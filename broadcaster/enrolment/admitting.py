"""What pages and API do about enrolment: in the database, and in the broker's file after it."""

from typing import Protocol

from sqlmodel import Session

from broadcaster.areas.tables import Cluster, Station, Village
from broadcaster.enrolment.desk import confirm, deny, make_code
from broadcaster.enrolment.errors import NoSuchPlace, ShareUnusable
from broadcaster.enrolment.tables import EnrolmentCode
from broadcaster.fleet.credentials import write_registry
from broadcaster.fleet.tables import Device
from broadcaster.web.context import Context


class NewDevice(Protocol):
    """What an admin says of a device that is to come."""

    name: str
    village_id: str
    share_percent: str
    device_id: str


def with_new_code(station: Context, said: NewDevice, *, by: str) -> tuple[EnrolmentCode, str]:
    """Make a code for the device that is described; return it with its text, told once.

    Raises BadInput or Conflict; nothing is kept then.
    """
    share = _share_of(said.share_percent)
    with station.database.writing() as session:
        village, cluster = _place(session, said.village_id, station_id=station.station_id)
        made = make_code(
            session,
            station=session.get_one(Station, station.station_id),
            cluster=cluster,
            name=said.name,
            device_id=said.device_id,
            village_id=village.id,
            share=share,
            by=by,
            now=station.now(),
        )
        session.expunge_all()
    return made


def let_in(station: Context, code_id: str, *, fingerprint: str, by: str) -> Device:
    """Enrol the device that asked with this code, and open the broker to it."""
    with station.database.writing() as session:
        device = confirm(
            session,
            code_id,
            station_id=station.station_id,
            fingerprint=fingerprint,
            by=by,
            now=station.now(),
        )
        session.flush()
        session.expunge_all()
    with station.database.reading() as session:
        write_registry(session, station.settings.registry_file, keys_dir=station.settings.keys_dir)
    return device


def turn_away(station: Context, code_id: str, *, by: str) -> None:
    """Deny the device that asked with this code, or take the code back."""
    with station.database.writing() as session:
        deny(session, code_id, station_id=station.station_id, by=by, now=station.now())


def _share_of(percent: str) -> float | None:
    written = percent.strip().removesuffix("%").replace(",", ".").strip()
    if not written:
        return None
    try:
        share = float(written) / 100
    except ValueError as error:
        raise ShareUnusable(field="share_percent") from error
    if not 0 < share <= 1:
        raise ShareUnusable(field="share_percent")
    return share


def _place(session: Session, village_id: str, *, station_id: str) -> tuple[Village, Cluster]:
    village = session.get(Village, village_id)
    cluster = session.get(Cluster, village.cluster_id) if village is not None else None
    if village is None or cluster is None or cluster.station_id != station_id:
        raise NoSuchPlace(village_id, field="village_id")
    return village, cluster
