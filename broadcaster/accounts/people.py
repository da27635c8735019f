"""Accounts: created with a first password that is told once, found by name or id."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, true
from sqlmodel import Session, col, select

from broadcaster.accounts.errors import (
    LastAdmin,
    NoRole,
    NoSuchPerson,
    OfOtherStations,
    UsernameTaken,
    UsernameUnusable,
)
from broadcaster.accounts.passwords import hash_password, new_password
from broadcaster.accounts.phones import forget_phones
from broadcaster.accounts.roles import Role
from broadcaster.accounts.tables import Account, ApiToken, RoleGrant, SecondFactor
from broadcaster.audit import Act, record
from broadcaster.database import new_id


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person as a station lists them, with what they are there.

    `elsewhere` says that they hold a role at another station too: their account is not this one's
    alone.
    """

    account_id: str
    username: str
    display_name: str
    active: bool
    created_at: datetime
    roles: Sequence[Role]
    village_ids: Sequence[str]
    has_second_factor: bool
    elsewhere: bool = False


NO_PASSWORD = ""
"""In place of a hash: nothing matches it, and finding that out takes as long as with one."""

_USERNAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,38}[a-z0-9]")


def create_account(
    session: Session,
    *,
    username: str,
    display_name: str,
    station_id: str,
    roles: Collection[Role],
    now: datetime,
    village_ids: Collection[str] = (),
    by: str | None = None,
) -> tuple[Account, str]:
    """Create a person of a station and say their first password, which is kept nowhere.

    Raises UsernameUnusable, UsernameTaken, NoRole.
    """
    password = new_password()
    account = _admitted(
        session,
        username=username,
        display_name=display_name,
        password_hash=lambda: hash_password(password),
        station_id=station_id,
        roles=roles,
        village_ids=village_ids,
        by=by,
        now=now,
    )
    return account, password


def admit_without_password(
    session: Session,
    *,
    username: str,
    display_name: str,
    station_id: str,
    roles: Collection[Role],
    now: datetime,
    village_ids: Collection[str] = (),
    by: str | None = None,
) -> Account:
    """Create a person whom no password opens before they chose one by a link.

    Raises UsernameUnusable, UsernameTaken, NoRole.
    """
    return _admitted(
        session,
        username=username,
        display_name=display_name,
        password_hash=lambda: NO_PASSWORD,
        station_id=station_id,
        roles=roles,
        village_ids=village_ids,
        by=by,
        now=now,
    )


def _admitted(
    session: Session,
    *,
    username: str,
    display_name: str,
    password_hash: Callable[[], str],
    station_id: str,
    roles: Collection[Role],
    village_ids: Collection[str],
    by: str | None,
    now: datetime,
) -> Account:
    name = username_as_kept(username)
    if not is_username(name):
        raise UsernameUnusable(field="username")
    check_roles(roles, village_ids=village_ids)
    if account_named(session, name) is not None:
        raise UsernameTaken(field="username")
    account = Account(
        id=new_id("acc"),
        username=name,
        display_name=display_name.strip() or name,
        password_hash=password_hash(),
        created_at=now,
    )
    session.add(account)
    session.flush()
    session.add_all(
        _grants(account.id, station_id=station_id, roles=roles, village_ids=village_ids)
    )
    session.flush()
    record(
        session,
        Act.PERSON_ADMITTED,
        by=by,
        about=account.id,
        at=now,
        details={"roles": " ".join(sorted(roles)), "station": station_id},
        private={"username": name, "display_name": account.display_name},
    )
    return account


def change_roles(
    session: Session,
    account_id: str,
    *,
    station_id: str,
    roles: Collection[Role],
    village_ids: Collection[str],
    by: str | None,
    now: datetime,
) -> None:
    """Let a person be these at a station and nothing else there; raise NoRole or LastAdmin.

    Who is something at another station may be nothing here: then no role is left, and no account
    is closed.
    """
    if roles or not is_of_another(session, account_id, station_id=station_id):
        check_roles(roles, village_ids=village_ids)
    if Role.ADMIN not in roles:
        keep_an_admin(session, without=account_id, station_id=station_id)
    held = session.exec(
        select(RoleGrant).where(
            RoleGrant.account_id == account_id, RoleGrant.station_id == station_id
        )
    ).all()
    wanted = {
        (each.role, each.village_id): each
        for each in _grants(account_id, station_id=station_id, roles=roles, village_ids=village_ids)
    }
    for grant in held:
        if wanted.pop((grant.role, grant.village_id), None) is None:
            session.delete(grant)
    session.add_all(wanted.values())
    session.flush()
    forget_phones(session, now=now)
    record(
        session, Act.ROLES_CHANGED, by=by, about=account_id, at=now,
        details={"roles": " ".join(sorted(roles)), "villages": " ".join(sorted(village_ids)),
                 "station": station_id},
    )  # fmt: skip


def add_role(
    session: Session,
    account_id: str,
    role: Role,
    *,
    station_id: str,
    by: str | None,
    now: datetime,
) -> None:
    """Let a person be this at a station beside what they are there; raise NoRole.

    No village goes with it: village heads are named on their own page.
    """
    _change_one(session, account_id, lambda held: held | {role}, station_id=station_id, by=by,
                now=now)  # fmt: skip


def take_role(
    session: Session,
    account_id: str,
    role: Role,
    *,
    station_id: str,
    by: str | None,
    now: datetime,
) -> None:
    """Let a person be this at a station no more; raise LastAdmin, and NoRole for their only one."""
    _change_one(session, account_id, lambda held: held - {role}, station_id=station_id, by=by,
                now=now)  # fmt: skip


def _change_one(
    session: Session,
    account_id: str,
    changed: Callable[[frozenset[Role]], frozenset[Role]],
    *,
    station_id: str,
    by: str | None,
    now: datetime,
) -> None:
    held = session.exec(
        select(RoleGrant).where(
            RoleGrant.account_id == account_id, RoleGrant.station_id == station_id
        )
    ).all()
    before = frozenset(Role(each.role) for each in held)
    after = changed(before)
    if after == before:
        return
    villages = [each.village_id for each in held if each.village_id]
    change_roles(
        session,
        account_id,
        station_id=station_id,
        roles=after,
        village_ids=villages if Role.VILLAGE_HEAD in after else (),
        by=by,
        now=now,
    )


def close_account(session: Session, account_id: str, *, by: str, now: datetime) -> None:
    """Let a person sign in no more; what they did stands. Raise LastAdmin."""
    keep_an_admin(session, without=account_id)
    session.get_one(Account, account_id).active = False
    session.flush()
    forget_phones(session, now=now)
    record(session, Act.ACCOUNT_CLOSED, by=by, about=account_id, at=now)


def open_account(session: Session, account_id: str, *, by: str, now: datetime) -> None:
    """Let a person sign in again."""
    session.get_one(Account, account_id).active = True
    record(session, Act.ACCOUNT_OPENED, by=by, about=account_id, at=now)


def keep_an_admin(session: Session, *, without: str, station_id: str | None = None) -> None:
    """Raise LastAdmin where nobody would be left who could let anybody in at a station.

    Without a `station_id` that is asked of each station where this person is an admin.
    """
    wanted = (
        select(RoleGrant.station_id, Account.id)
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .where(RoleGrant.role == Role.ADMIN, col(Account.active))
    )
    if station_id is not None:
        wanted = wanted.where(RoleGrant.station_id == station_id)
    admins = defaultdict[str, set[str]](set)
    for at, account_id in session.exec(wanted):
        admins[at].add(account_id)
    if {without} in admins.values():
        raise LastAdmin(field="roles")


def is_of_another(session: Session, account_id: str, *, station_id: str) -> bool:
    """Whether a person holds a role at a station beside this one."""
    found = session.exec(
        select(RoleGrant.id).where(
            RoleGrant.account_id == account_id, RoleGrant.station_id != station_id
        )
    )
    return found.first() is not None


def only_of(session: Session, account_id: str, *, station_id: str) -> PersonLine:
    """A person whose account is this station's alone; raise NoSuchPerson or OfOtherStations.

    Whoever holds the password of an account sees what it sees: no admin of one station makes a link
    to a person of another, nor closes or erases them.
    """
    line = person_line(session, account_id, station_id=station_id)
    if line.elsewhere:
        raise OfOtherStations(account_id)
    return line


def check_roles(roles: Collection[Role], *, village_ids: Collection[str]) -> None:
    """Raise NoRole for nothing at all, and for a village head without a village."""
    if not roles or (Role.VILLAGE_HEAD in roles) != bool(village_ids):
        raise NoRole(field="roles")


def username_as_kept(username: str) -> str:
    """A name as it is compared: without the spaces and capitals that a phone adds."""
    return username.strip().lower()


def is_username(name: str) -> bool:
    """Whether anybody could have this name."""
    return _USERNAME.fullmatch(name) is not None


def account_named(session: Session, username: str) -> Account | None:
    """The account of this name, if there is one."""
    return session.exec(
        select(Account).where(Account.username == username_as_kept(username))
    ).one_or_none()


def people_listed(
    session: Session, *, station_id: str, only: str | None = None
) -> Sequence[PersonLine]:
    """Everybody whom a station knows, or `only` one: who may sign in first, by name.

    Whoever holds no role anywhere is still known to all: an account that nobody could open again
    would be lost. Programs are no people: their tokens are listed apart.
    """
    here = exists().where(
        col(RoleGrant.account_id) == col(Account.id), col(RoleGrant.station_id) == station_id
    )
    somewhere = exists().where(col(RoleGrant.account_id) == col(Account.id))
    program = exists().where(col(ApiToken.id) == col(Account.id))
    accounts = session.exec(
        select(Account)
        .where(
            here.correlate(Account) | ~somewhere.correlate(Account),
            ~program.correlate(Account),
            true() if only is None else col(Account.id) == only,
        )
        .order_by(col(Account.active).desc(), col(Account.display_name))
    ).all()
    held = session.exec(
        select(RoleGrant).where(col(RoleGrant.account_id).in_([each.id for each in accounts]))
    ).all()
    grants = defaultdict[str, list[RoleGrant]](list)
    elsewhere = set()
    for each in held:
        if each.station_id == station_id:
            grants[each.account_id].append(each)
        else:
            elsewhere.add(each.account_id)
    enrolled = set(
        session.exec(
            select(SecondFactor.account_id).where(col(SecondFactor.enrolled_at).is_not(None))
        )
    )
    return [
        PersonLine(
            account_id=each.id,
            username=each.username,
            display_name=each.display_name,
            active=each.active,
            created_at=each.created_at,
            roles=sorted({Role(grant.role) for grant in grants[each.id]}),
            village_ids=[grant.village_id for grant in grants[each.id] if grant.village_id],
            has_second_factor=each.id in enrolled,
            elsewhere=each.id in elsewhere,
        )
        for each in accounts
    ]


def person_line(session: Session, account_id: str, *, station_id: str) -> PersonLine:
    """One of them; raise NoSuchPerson."""
    found = people_listed(session, station_id=station_id, only=account_id)
    if not found:
        raise NoSuchPerson(account_id)
    return found[0]


def display_names(session: Session, account_ids: Collection[str]) -> Mapping[str, str]:
    """Names to show for ids, in one query."""
    rows = session.exec(
        select(Account.id, Account.display_name).where(col(Account.id).in_(set(account_ids)))
    )
    return dict(rows.all())


def _grants(
    account_id: str, *, station_id: str, roles: Collection[Role], village_ids: Collection[str]
) -> list[RoleGrant]:
    grants = [
        RoleGrant(account_id=account_id, station_id=station_id, role=role)
        for role in roles
        if role != Role.VILLAGE_HEAD
    ]
    heads = [
        RoleGrant(
            account_id=account_id,
            station_id=station_id,
            role=Role.VILLAGE_HEAD,
            village_id=village_id,
        )
        for village_id in village_ids
    ]
    return grants + heads
