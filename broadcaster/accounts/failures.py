"""Failed sign-ins: counted until a name is locked, and told in the trail as far as that is bounded.

Anybody may knock, and an entry stays for ever: what nobody's account is behind is told a hundred
times a day. A known name is locked after five failures, which bounds it by itself.
"""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col, delete

from broadcaster.accounts.tables import Account, SignInFailure
from broadcaster.audit import Act, record
from broadcaster.audit.tables import ENTRIES

STRANGERS_A_DAY = 100
FAILURES_ALLOWED = 5
FAILURE_WINDOW = timedelta(minutes=15)
PASSWORD, CODE = "password", "code"
"""The two steps of signing in: each has its own count, and only its own success ends it."""

AT_THE_MACHINE = "machine"
"""A password typed at the station's machine: who locks a name from afar does not lock that door."""


def opens_again(session: Session, name: str, *, step: str, now: datetime) -> timedelta | None:
    """In how long a locked name may try this step again; None while it is open."""
    newest = (
        session.execute(
            select(col(SignInFailure.at))
            .where(
                col(SignInFailure.username) == name,
                col(SignInFailure.step) == step,
                col(SignInFailure.at) > now - FAILURE_WINDOW,
                # What a clock that was set back counted ahead of time locks nobody out for years.
                col(SignInFailure.at) <= now,
            )
            .order_by(col(SignInFailure.at).desc())
            .limit(FAILURES_ALLOWED)
        )
        .scalars()
        .all()
    )
    return newest[-1] + FAILURE_WINDOW - now if len(newest) == FAILURES_ALLOWED else None


def count_failure(session: Session, name: str, *, step: str, now: datetime) -> None:
    """Count one more, and forget those that count no longer."""
    session.exec(delete(SignInFailure).where(col(SignInFailure.at) <= now - FAILURE_WINDOW))
    session.add(SignInFailure(username=name, step=step, at=now))


def record_failure(session: Session, account: Account | None, *, name: str, now: datetime) -> None:
    """Write a failed sign-in into the trail: whose account it was, or the name that is nobody's.

    A name that is nobody's may be a password typed into the wrong field, so it is kept outside the
    chain, where it can be erased.
    """
    if account is not None:
        record(session, Act.SIGN_IN_FAILED, by="", about=account.id, at=now)
    elif _strangers(session, now=now) < STRANGERS_A_DAY:
        record(session, Act.SIGN_IN_FAILED, by="", at=now, private={"username": name})


def _strangers(session: Session, *, now: datetime) -> int:
    counted = select(func.count()).where(
        ENTRIES.c.act == Act.SIGN_IN_FAILED,
        ENTRIES.c.about == "",
        ENTRIES.c.at > now - timedelta(days=1),
    )
    return int(session.execute(counted).scalar_one())
