"""What `loa people` does and prints, for whoever may read the station's files."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from broadcaster.accounts import second_factor
from broadcaster.accounts.errors import NoSuchPerson, NoSuchStation, OnlyInRehearsal
from broadcaster.accounts.people import account_named, add_role, take_role
from broadcaster.accounts.personal_data import erase_person, export_person, export_text
from broadcaster.accounts.roles import Role
from broadcaster.accounts.tables import Account
from broadcaster.areas.tables import Station
from broadcaster.audit.facts import table_named
from broadcaster.database import Database
from broadcaster.settings import Settings


def code_told(
    database: Database, settings: Settings, username: str, *, station_id: str, now: datetime
) -> str:
    """The code that a person's app shows now; raise OnlyInRehearsal at a real station."""
    stations = table_named("station")
    with database.reading() as session:
        rehearsal = session.execute(
            select(stations.c.rehearsal).where(stations.c.id == station_id)
        ).scalar_one()
        if not rehearsal:
            raise OnlyInRehearsal
        account = person_named(session, username)
        code = second_factor.present_code(session, account.id, keys_dir=settings.keys_dir, now=now)
    return f"{code}\n"


def codes_told(database: Database, username: str, *, now: datetime) -> str:
    """A new sheet of printed codes, one in a line; the old ones are void."""
    with database.writing() as session:
        account = person_named(session, username)
        codes = second_factor.make_codes(session, account.id, by=None, now=now)
    return "".join(f"{code}\n" for code in codes)


def person_exported(database: Database, username: str, *, now: datetime) -> str:
    """All that the station holds of a person, as JSON."""
    with database.writing() as session:
        account = person_named(session, username)
        return export_text(export_person(session, account.id, by=None, now=now))


def person_erased(database: Database, username: str, *, now: datetime) -> str:
    """Erase what names a person; say what was done. Raises NoSuchPerson or LastAdmin."""
    with database.writing() as session:
        account = person_named(session, username)
        account_id = account.id
        erased = erase_person(session, account_id, by=None, now=now)
    return (
        f"Đã xóa thông tin cá nhân của {username} ({account_id}), {erased} mục cạnh nhật ký. "
        "Những việc đã làm vẫn còn, dưới mã.\n"
        f"Erased what named {username} ({account_id}), {erased} items beside the trail. "
        "What was done stands, under the id.\n"
    )


def role_given(
    database: Database,
    username: str,
    role: Role,
    *,
    station_ids: Collection[str],
    taken: bool = False,
    now: datetime,
) -> str:
    """Give a person a role at these stations, or take it there; say where.

    Raises NoSuchPerson, NoSuchStation, NoRole or LastAdmin; then nothing was changed anywhere.
    """
    change = take_role if taken else add_role
    with database.writing() as session:
        account = person_named(session, username)
        known = {each.id: each.name for each in session.exec(select_rows(Station))}
        for station_id in station_ids:
            if station_id not in known:
                raise NoSuchStation(station_id)
            change(session, account.id, role, station_id=station_id, by=None, now=now)
    sign = "−" if taken else "+"
    return "".join(f"{sign} {username}: {role} – {known[each]} ({each})\n" for each in station_ids)


def every_station(database: Database) -> list[str]:
    """The ids of all stations of the database, by name."""
    with database.reading() as session:
        return list(session.exec(select_rows(Station.id).order_by(col(Station.name))))


def person_named(session: Session, username: str) -> Account:
    """The account of this name; raise NoSuchPerson."""
    found = account_named(session, username)
    if found is None:
        raise NoSuchPerson(username)
    return found
