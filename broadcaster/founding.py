"""Founding a station: its row under its own root key, its first people with passwords told once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from broadcaster.accounts.people import create_account
from broadcaster.accounts.roles import Role
from broadcaster.accounts.second_factor import enrol_at_the_machine
from broadcaster.areas.tables import Station
from broadcaster.audit import Act, record
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
    """Someone who gets an account at the founding, and an authenticator's seed with it or not."""

    username: str
    display_name: str
    roles: Collection[Role]
    village_ids: Collection[str] = ()
    with_seed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPassword:
    """What is told once to one person; only a hash of it is kept, or the seed under seal."""

    username: str
    display_name: str
    password: str
    seed: str = ""


def found_station(
    session: Session, settings: Settings, *, new: NewStation, keys: StationKeys, now: datetime
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
    record(session, Act.STATION_FOUNDED, by=None, about=station.id, at=now)
    station_credentials(settings.keys_dir, station_id=station.id)
    return station


def admit_people(
    session: Session,
    people: Sequence[FirstPerson],
    *,
    station_id: str,
    keys_dir: Path,
    now: datetime,
) -> list[FirstPassword]:
    """Create the first accounts of a station and return their passwords, which are kept nowhere."""
    told: list[FirstPassword] = []
    for person in people:
        account, password = create_account(
            session,
            username=person.username,
            display_name=person.display_name,
            station_id=station_id,
            roles=person.roles,
            village_ids=person.village_ids,
            now=now,
        )
        seed = ""
        if person.with_seed:
            seed = enrol_at_the_machine(session, account.id, keys_dir=keys_dir, now=now)
        told.append(
            FirstPassword(
                username=account.username,
                display_name=account.display_name,
                password=password,
                seed=seed,
            )
        )
    return told
