"""The demonstration commune: a rehearsal station, its people, and a fleet of simulated devices.

Everything in it is invented; every device is simulated and every page says so. Its identities go
into a folder of their own, from which the fleet's processes run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import msgspec
from nacl.encoding import HexEncoder
from nacl.signing import SigningKey
from sqlmodel import Session

from broadcaster.accounts.roles import Role
from broadcaster.areas.tables import Cluster, Station, Village, VillagePopulation
from broadcaster.database import new_id
from broadcaster.fleet.credentials import new_device_secret, verifier_of
from broadcaster.fleet.places import Place
from broadcaster.fleet.registry import enrol, share_village
from broadcaster.founding import (
    FirstPassword,
    FirstPerson,
    NewStation,
    admit_people,
    found_station,
)
from broadcaster.keys import NewKeys
from broadcaster.settings import Settings
from devices.protocol.identity import Identity, load_identity, save_identity

STATION_NAME = "Đài truyền thanh xã Sông Mây (trình diễn)"


@dataclass(frozen=True, slots=True)
class DemoVillage:
    """A village of the demonstration: its people, its controllers, and where it lies (WGS 84)."""

    name: str
    households: int
    residents: int
    devices: int
    place: Place


# Its poles stand up to 350 m around a village's middle, in degrees of latitude and longitude.
_AROUND = (Place(0.0021, -0.0014), Place(-0.0017, -0.0019), Place(0.0003, 0.0031))

# The commune takes no real one's place: it lies in the sea off Quảng Trị, where nobody lives.
COMMUNE: Mapping[str, Sequence[DemoVillage]] = {
    "Cụm Bến Đò": (
        DemoVillage("Thôn Bến Đò", 312, 1_184, 3, Place(17.0412, 107.4236)),
        DemoVillage("Thôn Bãi Dâu", 268, 1_021, 3, Place(17.0337, 107.4391)),
        DemoVillage("Thôn Cồn Sậy", 197, 742, 2, Place(17.0251, 107.4568)),
    ),
    "Cụm Chợ Đồi": (
        DemoVillage("Thôn Chợ Đồi", 405, 1_530, 3, Place(17.0587, 107.4472)),
        DemoVillage("Thôn Gò Vải", 287, 1_096, 3, Place(17.0664, 107.4305)),
        DemoVillage("Thôn Suối Trong", 164, 655, 2, Place(17.0731, 107.4519)),
    ),
    "Cụm Núi Mây": (
        DemoVillage("Thôn Núi Mây", 221, 897, 3, Place(17.0842, 107.4377)),
        DemoVillage("Thôn Khe Đá", 176, 731, 3, Place(17.0916, 107.4228)),
        DemoVillage("Thôn Rừng Thông", 143, 584, 2, Place(17.1003, 107.4454)),
    ),
}

OPERATOR, LEADER, VILLAGE_HEAD, ADMIN = "bientap", "lanhdao", "truongthon", "quantri"


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundedDemo:
    """What came of founding the demonstration commune."""

    station: Station
    passwords: Sequence[FirstPassword]
    root_told: str = field(repr=False)


def found_demo(
    session: Session,
    settings: Settings,
    *,
    new_keys: NewKeys,
    fleet_dir: Path,
    now: datetime,
    commune: Mapping[str, Sequence[DemoVillage]] = COMMUNE,
) -> FoundedDemo:
    """Found a demonstration commune in an empty database, its devices' identities in a folder."""
    station = found_station(
        session,
        settings,
        new=NewStation(
            name=STATION_NAME,
            commune="Xã Sông Mây",
            province="Tỉnh Trình Diễn",
            rehearsal=True,
        ),
        keys=new_keys.keys,
        now=now,
    )
    today = now.date()
    villages: list[Village] = []
    for position, (name, members) in enumerate(commune.items()):
        cluster = Cluster(
            id=f"cum-{position + 1}", station_id=station.id, name=name, position=position
        )
        session.add(cluster)
        session.flush()
        for place, member in enumerate(members):
            village = _settle(session, member, cluster=cluster, position=place, today=today)
            villages.append(village)
            _equip(
                session, settings, member, village,
                station=station, cluster=cluster, fleet_dir=fleet_dir, now=now,
            )  # fmt: skip
    passwords = admit_people(
        session,
        _people(villages[0]),
        station_id=station.id,
        keys_dir=settings.keys_dir,
        now=now,
    )
    return FoundedDemo(station=station, passwords=passwords, root_told=new_keys.root_told)


def _people(village: Village) -> list[FirstPerson]:
    return [
        FirstPerson(
            username=OPERATOR,
            display_name="Nguyễn Thị Hạnh (biên tập)",
            roles=[Role.OPERATOR],
            with_seed=True,
        ),
        FirstPerson(
            username=LEADER,
            display_name="Trần Văn Thành (lãnh đạo)",
            roles=[Role.LEADER],
            with_seed=True,
        ),
        FirstPerson(
            username=VILLAGE_HEAD,
            display_name=f"Lê Văn Tư (trưởng {village.name.replace('Thôn', 'thôn')})",
            roles=[Role.VILLAGE_HEAD],
            village_ids=[village.id],
        ),
        FirstPerson(
            username=ADMIN,
            display_name="Phạm Minh Quân (quản trị)",
            roles=[Role.ADMIN],
            with_seed=True,
        ),
    ]


def _settle(
    session: Session, member: DemoVillage, *, cluster: Cluster, position: int, today: date
) -> Village:
    village = Village(id=new_id("thon"), cluster_id=cluster.id, name=member.name, position=position)
    session.add(village)
    session.flush()
    session.add(
        VillagePopulation(
            village_id=village.id,
            valid_from=today,
            households=member.households,
            residents=member.residents,
        )
    )
    return village


def _equip(
    session: Session,
    settings: Settings,
    member: DemoVillage,
    village: Village,
    *,
    station: Station,
    cluster: Cluster,
    fleet_dir: Path,
    now: datetime,
) -> None:
    """Provision a village's controllers around its middle, each for an equal share of residents."""
    for number in range(1, member.devices + 1):
        device_id = new_id("loa")
        around = _AROUND[(number - 1) % len(_AROUND)]
        key, secret = SigningKey.generate(), new_device_secret()
        verifier = verifier_of(secret)
        device = enrol(
            session,
            device_id=device_id,
            cluster=cluster,
            name=f"{member.name} – loa {number}",
            public_key_hex=key.verify_key.encode(HexEncoder).decode(),
            broker_salt=verifier.salt,
            broker_verifier=verifier.verifier,
            simulated=True,
            now=now,
        )
        device.latitude = round(member.place.latitude + around.latitude, 6)
        device.longitude = round(member.place.longitude + around.longitude, 6)
        share_village(
            session,
            device_id=device_id,
            village_id=village.id,
            share=1 / member.devices,
            valid_from=now.date(),
        )
        identity = Identity(
            station=station.id,
            device=device_id,
            device_key=key.encode(HexEncoder).decode(),
            root_key=station.public_key,
            broker_url=settings.broker_url,
            broker_username=device_id,
            broker_password=secret,
            station_url=settings.station_url,
            rehearsal=True,
        )
        save_identity(identity, fleet_dir / device_id)


def readdress(fleet_dir: Path, settings: Settings) -> None:
    """Let the simulated devices find the station where it listens this time, and prove it."""
    for folder in sorted(fleet_dir.iterdir()):
        identity = load_identity(folder)
        moved = msgspec.structs.replace(
            identity,
            broker_url=settings.broker_url,
            station_url=settings.station_url,
            ca_pem=settings.device_ca_pem,
        )
        if moved != identity:
            save_identity(moved, folder)
