"""Founding a station: its row under its own root key, its first people with passwords told once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from broadcaster.accounts.people import create_account
from broadcaster.accounts.roles import Role
from broadcaster.areas.tables import Station
from broadcaster.fleet.credentials import station_credentials
from broadcaster.keys import StationKeys
from broadcaster.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class NewStation:
    """What a commune says of itself when its station is founded."""

    name: str
    commune: str
    province: str
    rehearsal: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPerson:
    """Someone who gets an account at the founding."""

    username: str
    display_name: str
    roles: Collection[Role]
    village_ids: Collection[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPassword:
    """What is told once to one person; only its hash is kept."""

    username: str
    display_name: str
    password: str


def found_station(
    session: Session, settings: Settings, *, new: NewStation, keys: StationKeys
) -> Station:
    """Store who the station is, under the name that its keyring carries; make its broker secrets.

    The keys come from `founding_keys`, and whoever opened that keeps them as the last act.
    """
    station = Station(
        id=keys.ring.station,
        name=new.name,
        commune=new.commune,
        province=new.province,
        rehearsal=new.rehearsal,
        public_key=keys.root_public_key,
    )
    session.add(station)
    session.flush()
    station_credentials(settings.keys_dir, station_id=station.id)
    return station


def admit_people(
    session: Session, people: Sequence[FirstPerson], *, now: datetime
) -> list[FirstPassword]:
    """Create the first accounts and return their passwords, which are kept nowhere."""
    told: list[FirstPassword] = []
    for person in people:
        account, password = create_account(
            session,
            username=person.username,
            display_name=person.display_name,
            roles=person.roles,
            village_ids=person.village_ids,
            now=now,
        )
        told.append(
            FirstPassword(
                username=account.username, display_name=account.display_name, password=password
            )
        )
    return told
