"""The first people of a station, told on a command line: each gets a link to choose a password by.

All of them or none; nobody's password is ever made up, printed or typed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from broadcaster.accounts.own_password import make_link
from broadcaster.accounts.people import admit_without_password
from broadcaster.accounts.roles import Role
from broadcaster.areas.registering import checked_name
from broadcaster.areas.tables import Cluster, Village
from broadcaster.database import Database
from broadcaster.processes.errors import PersonUnreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Somebody as they were told: what they are at the station, and of which villages."""

    username: str
    name: str
    roles: Sequence[Role]
    villages: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """Who was let in, and the token of the link that is told once."""

    username: str
    link: str = field(repr=False)


def read_person(typed: str) -> NewPerson:
    """`hanh: Trần Thị Hạnh: operator, leader`, a village head's villages behind one more colon.

    Raises PersonUnreadable, NameUnusable.
    """
    parts = [each.strip() for each in typed.split(":")]
    if len(parts) not in {3, 4} or not all(parts):
        raise PersonUnreadable(typed.strip()[:80], field="person")
    known = {each.value: each for each in Role}
    roles = [each.strip().lower() for each in parts[2].split(",")]
    if strange := [each for each in roles if each not in known]:
        raise PersonUnreadable(strange[0], field="person")
    return NewPerson(
        username=parts[0],
        name=checked_name(parts[1]),
        roles=[known[each] for each in roles],
        villages=[each.strip() for each in parts[3].split(",")] if len(parts) == 4 else (),
    )


def admit(
    database: Database, people: Sequence[NewPerson], *, station_id: str, now: datetime
) -> list[Admitted]:
    """Let all of them in; raise UsernameUnusable, UsernameTaken, NoRole, PersonUnreadable."""
    with database.writing() as session:
        admitted = []
        for person in people:
            account = admit_without_password(
                session,
                username=person.username,
                display_name=person.name,
                station_id=station_id,
                roles=person.roles,
                village_ids=[
                    _village(session, each, station_id=station_id) for each in person.villages
                ],
                now=now,
            )
            link = make_link(session, account.id, by=None, now=now)
            admitted.append(Admitted(username=account.username, link=link))
        return admitted


def _village(session: Session, name: str, *, station_id: str) -> str:
    """The one village of that name; none, or several, is for a person to sort out."""
    found = session.exec(
        select(Village.id)
        .join(Cluster, col(Village.cluster_id) == col(Cluster.id))
        .where(Village.name == name, Cluster.station_id == station_id)
    ).all()
    if len(found) != 1:
        raise PersonUnreadable(name, field="person")
    return found[0]
