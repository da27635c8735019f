"""A person's running sessions: listed so that they know them, ended one by one or all at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select

from broadcaster.accounts.errors import SessionUnknown
from broadcaster.accounts.sessions import hashed
from broadcaster.accounts.tables import SignInSession
from broadcaster.audit import Act, record

_HANDLE_LENGTH = 24


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session as it is listed; `handle` names it and opens nothing."""

    handle: str
    begun_at: datetime
    ends_at: datetime
    second_factor_at: datetime | None
    address: str
    browser: str
    is_this: bool


def sessions_of(
    session: Session, account_id: str, *, token: str = "", now: datetime
) -> Sequence[SessionLine]:
    """The running sessions of a person, the newest first; `token` is that of who looks."""
    rows = session.exec(
        select(SignInSession)
        .where(SignInSession.account_id == account_id, col(SignInSession.expires_at) > now)
        .order_by(col(SignInSession.created_at).desc(), col(SignInSession.token_sha256))
    ).all()
    return [
        SessionLine(
            handle=row.token_sha256[:_HANDLE_LENGTH],
            begun_at=row.created_at,
            ends_at=row.expires_at,
            second_factor_at=row.second_factor_at,
            address=row.address,
            browser=row.browser,
            is_this=bool(token) and row.token_sha256 == hashed(token),
        )
        for row in rows
    ]


def end_session(session: Session, account_id: str, handle: str, *, by: str, now: datetime) -> None:
    """End one session of a person; raise SessionUnknown."""
    rows = session.exec(select(SignInSession).where(SignInSession.account_id == account_id)).all()
    found = [row for row in rows if row.token_sha256[:_HANDLE_LENGTH] == handle]
    if not found:
        raise SessionUnknown(handle)
    for row in found:
        session.delete(row)
    record(session, Act.SESSIONS_ENDED, by=by, about=account_id, at=now, details={"ended": 1})


def end_sessions(
    session: Session, account_id: str, *, by: str | None, now: datetime, but: str = ""
) -> int:
    """End all sessions of a person, but that of one token; count them."""
    ended = session.exec(
        delete(SignInSession).where(
            col(SignInSession.account_id) == account_id,
            col(SignInSession.token_sha256) != hashed(but),
        )
    ).rowcount
    record(session, Act.SESSIONS_ENDED, by=by, about=account_id, at=now, details={"ended": ended})
    return int(ended)
