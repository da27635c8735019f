"""Signing in and out: a session is known by a random token of which only the hash is kept.

Invariants: a wrong name and a wrong password cost the same time and say the same; after five
failures in fifteen minutes a name is locked, right password or not, until the oldest is old.
"""

import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, select

from broadcaster.accounts.errors import SignInBusy, SignInLocked, SignInRefused
from broadcaster.accounts.passwords import password_matches
from broadcaster.accounts.people import (
    account_named,
    is_username,
    username_as_kept,
    viewer_of_account,
)
from broadcaster.accounts.tables import Account, SignInFailure, SignInSession
from broadcaster.accounts.viewer import Viewer
from broadcaster.database import Database

SESSION_LIFE = timedelta(hours=12)
FAILURES_ALLOWED = 5
FAILURE_WINDOW = timedelta(minutes=15)
LONGEST_PASSWORD = 200
_BUSY_AFTER_S = 5.0

# Each check takes 64 MiB and four threads for a moment: many at once would starve the station, and
# many who wait would hold the threads that answer everybody else.
_CHECKS = threading.BoundedSemaphore(2)
_WAITING = threading.BoundedSemaphore(12)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A running session; `token` only when it was just made, for it is kept nowhere."""

    viewer: Viewer
    csrf_token: str
    expires_at: datetime
    token: str = ""


def sign_in(database: Database, *, username: str, password: str, now: datetime) -> SignedIn:
    """Check a password and begin a session.

    Takes the database, not a session: no transaction may be open while a password is checked, and
    a failure is kept although it is raised. Raises SignInRefused, SignInLocked, SignInBusy.
    """
    name = username_as_kept(username)
    if not is_username(name):
        raise SignInRefused
    with _one_of_few_checks():
        with database.reading() as session:
            _refuse_locked(session, name, now=now)
            account = account_named(session, name)
            open_to_use = account is not None and account.active
            kept = account.password_hash if account is not None and open_to_use else None
        fits = len(password) <= LONGEST_PASSWORD
        matches = password_matches(kept if fits else None, password=password[:LONGEST_PASSWORD])
        with database.writing() as session:
            account = account_named(session, name) if matches else None
            if account is not None:
                return _begin(session, account, now=now)
            _count_failure(session, name, now=now)
    raise SignInRefused


def sign_out(session: Session, token: str) -> None:
    """End the session of this token; a token that is gone already is no mistake."""
    session.exec(delete(SignInSession).where(col(SignInSession.token_sha256) == _hashed(token)))


def session_of(session: Session, token: str, *, now: datetime) -> SignedIn | None:
    """The running session of a token; None when it ended, or its person may no longer sign in."""
    kept = session.get(SignInSession, _hashed(token))
    if kept is None or now >= kept.expires_at:
        return None
    account = session.get(Account, kept.account_id)
    if account is None or not account.active:
        return None
    return SignedIn(
        viewer=viewer_of_account(session, account),
        csrf_token=kept.csrf_token,
        expires_at=kept.expires_at,
    )


def viewer_of(session: Session, token: str, *, now: datetime) -> Viewer | None:
    """Whoever holds this token."""
    found = session_of(session, token, now=now)
    return found.viewer if found else None


@contextmanager
def _one_of_few_checks() -> Iterator[None]:
    if not _WAITING.acquire(blocking=False):
        raise SignInBusy
    try:
        if not _CHECKS.acquire(timeout=_BUSY_AFTER_S):
            raise SignInBusy
        try:
            yield
        finally:
            _CHECKS.release()
    finally:
        _WAITING.release()


def _refuse_locked(session: Session, name: str, *, now: datetime) -> None:
    newest = session.exec(
        select(SignInFailure.at)
        .where(
            SignInFailure.username == name,
            col(SignInFailure.at) > now - FAILURE_WINDOW,
            # What a clock that was set back counted ahead of time locks nobody out for years.
            col(SignInFailure.at) <= now,
        )
        .order_by(col(SignInFailure.at).desc())
        .limit(FAILURES_ALLOWED)
    ).all()
    if len(newest) == FAILURES_ALLOWED:
        raise SignInLocked(opens_in=newest[-1] + FAILURE_WINDOW - now)


def _count_failure(session: Session, name: str, *, now: datetime) -> None:
    session.exec(delete(SignInFailure).where(col(SignInFailure.at) <= now - FAILURE_WINDOW))
    session.add(SignInFailure(username=name, at=now))


def _begin(session: Session, account: Account, *, now: datetime) -> SignedIn:
    session.exec(delete(SignInSession).where(col(SignInSession.expires_at) <= now))
    session.exec(delete(SignInFailure).where(col(SignInFailure.username) == account.username))
    token, csrf_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    kept = SignInSession(
        token_sha256=_hashed(token),
        account_id=account.id,
        csrf_token=csrf_token,
        created_at=now,
        expires_at=now + SESSION_LIFE,
    )
    session.add(kept)
    return SignedIn(
        viewer=viewer_of_account(session, account),
        csrf_token=csrf_token,
        expires_at=kept.expires_at,
        token=token,
    )


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
