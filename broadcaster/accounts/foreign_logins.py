"""Whom a province's provider may vouch for: named by an admin, bound at their first sign-in.

Invariant: a subject is one person's for ever; a name that the provider gives to somebody else
later opens nothing.
"""

from datetime import datetime

from sqlmodel import Session, select

from broadcaster.accounts.errors import ForeignLoginTaken, ForeignStranger
from broadcaster.accounts.failures import record_failure
from broadcaster.accounts.openid import Foreigner
from broadcaster.accounts.sessions import CameFrom, SignedIn, begin_session
from broadcaster.accounts.tables import Account, ForeignLogin
from broadcaster.audit import Act, record
from broadcaster.database import Database


def name_foreign_login(
    session: Session, account_id: str, *, login: str, issuer: str, by: str, now: datetime
) -> None:
    """Let the provider vouch for a person under this name; empty: for them no more."""
    kept = session.get(ForeignLogin, account_id)
    if kept is not None:
        session.delete(kept)
        session.flush()
    wanted = login.strip().casefold()
    if wanted:
        taken = session.exec(
            select(ForeignLogin).where(ForeignLogin.issuer == issuer, ForeignLogin.login == wanted)
        ).first()
        if taken is not None:
            raise ForeignLoginTaken(field="login")
        session.add(ForeignLogin(account_id=account_id, login=wanted, issuer=issuer))
        session.flush()
    record(
        session, Act.FOREIGN_LOGIN_CHANGED, by=by, about=account_id, at=now,
        details={"named": bool(wanted)},
    )  # fmt: skip


def foreign_login_of(session: Session, account_id: str) -> str:
    """The name under which the provider vouches for a person; empty for none."""
    kept = session.get(ForeignLogin, account_id)
    return kept.login if kept is not None else ""


def sign_in_foreigner(
    database: Database, found: Foreigner, *, now: datetime, came_from: CameFrom
) -> SignedIn:
    """Begin a session of the person whom this is; raise ForeignStranger for anybody else."""
    with database.writing() as session:
        kept = _bound(session, found) or _named(session, found)
        account = session.get(Account, kept.account_id) if kept is not None else None
        if kept is not None and account is not None and account.active:
            if kept.subject is None:
                kept.subject, kept.bound_at = found.subject, now
            record(session, Act.SIGNED_IN, by=account.id, at=now, details={"by_provider": True})
            return begin_session(session, account, now=now, came_from=came_from)
        record_failure(session, account, name=found.login, now=now)
    raise ForeignStranger


def _bound(session: Session, found: Foreigner) -> ForeignLogin | None:
    return session.exec(
        select(ForeignLogin).where(
            ForeignLogin.issuer == found.issuer, ForeignLogin.subject == found.subject
        )
    ).first()


def _named(session: Session, found: Foreigner) -> ForeignLogin | None:
    """Somebody who was named and has not come yet."""
    if not found.login:
        return None
    kept = session.exec(
        select(ForeignLogin).where(
            ForeignLogin.issuer == found.issuer, ForeignLogin.login == found.login
        )
    ).first()
    return kept if kept is not None and kept.subject is None else None
