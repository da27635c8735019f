"""At which stations of a database a person holds roles, and as whom they look at one of them.

A province's office is a person with the inspector's role at each of its stations. At the station of
this installation a person has all of their roles; at another one they read, if they inspect it:
what changes anything there is done on that station's own pages, by its own keys.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from broadcaster.accounts.errors import NoSuchStation
from broadcaster.accounts.roles import Right, Role, rights_of
from broadcaster.accounts.tables import Account, RoleGrant, SignInSession
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.queries import the_station, villages_of
from broadcaster.areas.tables import Station


class Person(NamedTuple):
    """Whoever looks, as far as that needs to be known."""

    account_id: str
    username: str
    display_name: str


class Grant(NamedTuple):
    """A role that a person holds at a station; a village head's names the village."""

    station_id: str
    role: str
    village_id: str | None


def viewer_of_account(
    session: Session, account: Account, *, chosen: str | None = None, own: str | None = None
) -> Viewer:
    """A person as they look at a station: the chosen one, while they may read it.

    Else `own`, the installation's; else the first that they read. Where they read none, they have
    no roles at all.
    """
    person = Person(account.id, account.username, account.display_name)
    return viewer_with(session, person, _grants_of(session, account.id), chosen=chosen, own=own)


def viewer_with(
    session: Session,
    person: Person,
    grants: Sequence[Grant],
    *,
    chosen: str | None = None,
    own: str | None = None,
) -> Viewer:
    """As `viewer_of_account`, where all that a person was granted is known already."""
    own = own or the_station(session).id
    readable = _readable(grants, own=own)
    station_id = chosen if chosen in readable else own
    if station_id == own and not any(each.station_id == own for each in grants):
        station_id = min(readable, default=own)
    here = [each for each in grants if each.station_id == station_id]
    roles = {Role(each.role) for each in here}
    if station_id != own:
        roles &= {Role.INSPECTOR}
    viewer = Viewer(
        account_id=person.account_id,
        username=person.username,
        display_name=person.display_name,
        roles=frozenset(roles),
        village_ids=frozenset(each.village_id for each in here if each.village_id),
        station_id=station_id,
        station_count=len(readable),
    )
    return replace(viewer, station_villages=_kept_apart(session, viewer))


def stations_read_by(session: Session, account_id: str, *, own: str) -> Sequence[Station]:
    """The stations that a person reads, by name; the installation's `own` one first."""
    grants = _grants_of(session, account_id)
    found = session.exec(
        select(Station).where(col(Station.id).in_(_readable(grants, own=own)))
    ).all()
    return sorted(found, key=lambda each: (each.id != own, each.commune, each.id))


def choose_station(
    session: Session, token_sha256: str, station_id: str, *, account_id: str, own: str
) -> None:
    """Let a session look at a station from now on; raise NoSuchStation."""
    grants = _grants_of(session, account_id)
    if station_id not in _readable(grants, own=own):
        raise NoSuchStation(station_id)
    session.get_one(SignInSession, token_sha256).station_id = station_id


def roles_at(session: Session, station_id: str) -> Mapping[str, frozenset[Role]]:
    """The roles that people hold at a station, by account."""
    found: dict[str, frozenset[Role]] = {}
    rows = session.exec(
        select(RoleGrant.account_id, RoleGrant.role).where(RoleGrant.station_id == station_id)
    )
    for account_id, role in rows:
        found[account_id] = found.get(account_id, frozenset()) | {Role(role)}
    return found


def _grants_of(session: Session, account_id: str) -> list[Grant]:
    rows = session.exec(
        select(RoleGrant.station_id, RoleGrant.role, RoleGrant.village_id).where(
            RoleGrant.account_id == account_id
        )
    )
    return [Grant(*row) for row in rows]


def _readable(grants: Sequence[Grant], *, own: str) -> frozenset[str]:
    """Where these grants let a person see a whole station: their own role, or by inspecting it."""
    return frozenset(
        each.station_id
        for each in grants
        if (each.station_id == own and Right.SEE_STATION in rights_of([Role(each.role)]))
        or each.role == Role.INSPECTOR
    )


def _kept_apart(session: Session, viewer: Viewer) -> frozenset[str] | None:
    """All villages of the station in view, where the database holds another one as well."""
    if not viewer.may(Right.SEE_STATION):
        return None
    if session.exec(select(func.count()).select_from(Station)).one() == 1:
        return None
    return frozenset(each.id for each in villages_of(session, viewer.station_id))
