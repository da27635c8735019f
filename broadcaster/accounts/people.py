"""Accounts: created with a first password that is told once, found by name or id."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from broadcaster.accounts.errors import NoRole, UsernameTaken, UsernameUnusable
from broadcaster.accounts.passwords import hash_password, new_password
from broadcaster.accounts.roles import Role
from broadcaster.accounts.tables import Account, RoleGrant
from broadcaster.accounts.viewer import Viewer
from broadcaster.database import new_id

_USERNAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,38}[a-z0-9]")


def create_account(
    session: Session,
    *,
    username: str,
    display_name: str,
    roles: Collection[Role],
    now: datetime,
    village_ids: Collection[str] = (),
) -> tuple[Account, str]:
    """Create a person and say their first password, which is kept nowhere.

    Raises UsernameUnusable, UsernameTaken, NoRole.
    """
    name = username_as_kept(username)
    if not is_username(name):
        raise UsernameUnusable(field="username")
    if not roles or (Role.VILLAGE_HEAD in roles) != bool(village_ids):
        raise NoRole(field="roles")
    if account_named(session, name) is not None:
        raise UsernameTaken(field="username")
    password = new_password()
    account = Account(
        id=new_id("acc"),
        username=name,
        display_name=display_name.strip() or name,
        password_hash=hash_password(password),
        created_at=now,
    )
    session.add(account)
    session.flush()
    session.add_all(_grants(account.id, roles=roles, village_ids=village_ids))
    session.flush()
    return account, password


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


def viewer_of_account(session: Session, account: Account) -> Viewer:
    """A person with all that they were granted."""
    grants = session.exec(select(RoleGrant).where(RoleGrant.account_id == account.id)).all()
    return Viewer(
        account_id=account.id,
        username=account.username,
        display_name=account.display_name,
        roles=frozenset(Role(grant.role) for grant in grants),
        village_ids=frozenset(grant.village_id for grant in grants if grant.village_id),
    )


def display_names(session: Session, account_ids: Collection[str]) -> Mapping[str, str]:
    """Names to show for ids, in one query."""
    rows = session.exec(
        select(Account.id, Account.display_name).where(col(Account.id).in_(set(account_ids)))
    )
    return dict(rows.all())


def _grants(
    account_id: str, *, roles: Collection[Role], village_ids: Collection[str]
) -> list[RoleGrant]:
    grants = [
        RoleGrant(account_id=account_id, role=role) for role in roles if role != Role.VILLAGE_HEAD
    ]
    heads = [
        RoleGrant(account_id=account_id, role=Role.VILLAGE_HEAD, village_id=village_id)
        for village_id in village_ids
    ]
    return grants + heads
