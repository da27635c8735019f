"""A crowd of simulated devices at a rehearsal station: enrolled in bulk, known to its broker.

`loa simulate --state DIR` joins the station that is founded there, running or not: its devices are
dealt out to the clusters in turn and reach no residents of their own, so that the coverage that
the station shows stays that of its own poles. Their identities lie in a folder beside its fleet.
"""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from nacl.encoding import HexEncoder
from nacl.signing import SigningKey
from sqlmodel import Session, col, select

from broadcaster.areas.tables import Cluster, Station
from broadcaster.demo.commune import readdress
from broadcaster.demo.errors import NotARehearsal
from broadcaster.fleet.credentials import new_device_secret, verifier_of, write_registry
from broadcaster.fleet.tables import Device
from broadcaster.processes.opening import founded_station
from broadcaster.settings import Settings, load_settings
from devices.protocol.identity import Identity, save_identity

CROWD_FOLDER = "crowd"
CONTROL_SOCKET = "rehearsal.sock"
USUAL_DEVICES = 24
_NAME = "dien-tap-{:05}"


def joined(arguments: Sequence[str]) -> Sequence[str]:
    """What the rehearsal is to be run with: where `--state` names a station, with its devices.

    Raises NotFounded or NotARehearsal.
    """
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--state", type=Path)
    parser.add_argument("--devices", type=int, default=USUAL_DEVICES)
    parser.add_argument("--broker")
    asked, rest = parser.parse_known_args(arguments)
    if asked.state is None:
        return arguments
    given = {"broker": asked.broker} if asked.broker else {}
    settings = load_settings(state_dir=asked.state, **given)
    fleet = enlist(settings, devices=asked.devices, now=datetime.now(UTC))
    control = settings.state_dir.resolve() / CONTROL_SOCKET
    # There may be more of an earlier rehearsal.
    whom = ["--fleet", str(fleet), "--first", str(asked.devices)]
    return [*whom, "--control", str(control), *rest]


def enlist(settings: Settings, *, devices: int, now: datetime) -> Path:
    """Enrol so many simulated devices, less those that are there; return their folder.

    Raises NotFounded, and NotARehearsal for a station whose poles people hear.
    """
    folder = settings.state_dir / CROWD_FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with founded_station(settings) as (database, station_id):
        with database.writing() as session:
            station = session.get_one(Station, station_id)
            if not station.rehearsal:
                raise NotARehearsal(station.name)
            _enrol_missing(session, settings, station, devices=devices, folder=folder, now=now)
        with database.reading() as session:
            write_registry(session, settings.registry_file, keys_dir=settings.keys_dir)
    readdress(folder, settings)
    return folder


def _enrol_missing(
    session: Session,
    settings: Settings,
    station: Station,
    *,
    devices: int,
    folder: Path,
    now: datetime,
) -> None:
    clusters = session.exec(
        select(Cluster).where(Cluster.station_id == station.id).order_by(col(Cluster.position))
    ).all()
    enrolled = set(session.exec(select(Device.id).where(Device.station_id == station.id)))
    for number in range(devices):
        name = _NAME.format(number + 1)
        if name in enrolled:
            continue
        secret = new_device_secret()
        identity = _identity(name, secret, station=station, settings=settings)
        # First the identity, then the row: a device of which nobody holds the key stays silent.
        save_identity(identity, folder / name)
        session.add(
            _row(identity, secret, cluster=clusters[number % len(clusters)], number=number, now=now)
        )


def _identity(name: str, secret: str, *, station: Station, settings: Settings) -> Identity:
    return Identity(
        station=station.id,
        device=name,
        device_key=SigningKey.generate().encode(HexEncoder).decode(),
        root_key=station.public_key,
        broker_url=settings.broker_url,
        broker_username=name,
        broker_password=secret,
        station_url=settings.station_url,
        rehearsal=True,
    )


def _row(
    identity: Identity, secret: str, *, cluster: Cluster, number: int, now: datetime
) -> Device:
    verifier = verifier_of(secret)
    return Device(
        id=identity.device,
        station_id=identity.station,
        cluster_id=cluster.id,
        name=f"Loa diễn tập {number + 1}",
        public_key=identity.signing_key.verify_key.encode(HexEncoder).decode(),
        broker_salt=verifier.salt,
        broker_verifier=verifier.verifier,
        simulated=True,
        enrolled_at=now,
    )
