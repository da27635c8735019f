"""Signing in and out: a session is known by a random token of which only the hash is kept.

Invariants: a wrong name and a wrong password cost the same time and say the same; after five
failures in fifteen minutes a name is locked where they came from, right password or not, until the
oldest is old. What strangers do elsewhere locks no browser in which its person signed in before,
and keeps it from no place in which passwords are checked.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import bindparam, select
from sqlmodel import Session, SQLModel, col, delete

from broadcaster.accounts.errors import NetworkLocked, SignInLocked, SignInRefused
from broadcaster.accounts.failures import (
    ANYWHERE,
    AT_THE_MACHINE,
    PASSWORD,
    Source,
    count_failure,
    forget_failures,
    known_source,
    network_opens_again,
    opens_again,
    record_failure,
    record_lock,
    source_of_stranger,
)
from broadcaster.accounts.known_devices import known_device
from broadcaster.accounts.password_checks import one_of_few_checks
from broadcaster.accounts.passwords import password_matches
from broadcaster.accounts.people import (
    account_named,
    is_username,
    username_as_kept,
)
from broadcaster.accounts.scopes import Scope
from broadcaster.accounts.stations import Grant, Person, viewer_of_account, viewer_with
from broadcaster.accounts.tables import Account, SignInSession
from broadcaster.accounts.viewer import Viewer
from broadcaster.audit import Act, record
from broadcaster.database import Database

SESSION_LIFE = timedelta(hours=12)
_SESSIONS, _ACCOUNTS, _GRANTS = (
    SQLModel.metadata.tables[name] for name in ("sign_in_session", "account", "role_grant")
)
# Every request asks this: one question, with a row for each role that its person holds.
_RUNNING = (
    select(
        _SESSIONS.c.account_id,
        _SESSIONS.c.station_id.label("chosen"),
        _SESSIONS.c.csrf_token,
        _SESSIONS.c.expires_at,
        _SESSIONS.c.second_factor_at,
        _ACCOUNTS.c.username,
        _ACCOUNTS.c.display_name,
        _ACCOUNTS.c.active,
        _GRANTS.c.station_id,
        _GRANTS.c.role,
        _GRANTS.c.village_id,
    )
    .join(_ACCOUNTS, _ACCOUNTS.c.id == _SESSIONS.c.account_id)
    .join(_GRANTS, _GRANTS.c.account_id == _SESSIONS.c.account_id, isouter=True)
    .where(_SESSIONS.c.token_sha256 == bindparam("token"))
)
LONGEST_PASSWORD = 200


@dataclass(frozen=True, slots=True)
class CameFrom:
    """Where somebody signs in from: kept with the session, and gone with it.

    `devices` is the browser's word on who signed in with it before (`known_devices`).
    """

    address: str = ""
    browser: str = ""
    devices: str = ""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A running session; `token` only when it was just made, for it is kept nowhere.

    `scopes` is what a program's token may open; None for a person. `used_at` is when that token's
    use was last written down.
    """

    viewer: Viewer
    csrf_token: str
    expires_at: datetime
    token: str = ""
    scopes: frozenset[Scope] | None = None
    used_at: datetime | None = None


def sign_in(
    database: Database,
    *,
    username: str,
    password: str,
    now: datetime,
    came_from: CameFrom = CameFrom(),
    step: str = PASSWORD,
    keys_dir: Path | None = None,
) -> SignedIn:
    """Check a password and begin a session; `step` says whose failures count (`failures`).

    With `keys_dir` browsers are known in which this person signed in before.

    Takes the database, not a session: no transaction may be open while a password is checked, and
    a failure is kept although it is raised. Raises SignInRefused, SignInLocked,
    NetworkLocked or SignInBusy.
    """
    name = username_as_kept(username)
    if not is_username(name):
        raise SignInRefused
    look = partial(_look, database, name, came_from, step=step, keys_dir=keys_dir, now=now)
    source = look().source
    with one_of_few_checks(source):
        # Looked at again: others from there may have failed while this one waited.
        found = look()
        kept = found.password_hash
        fits = len(password) <= LONGEST_PASSWORD
        matches = password_matches(kept if fits else None, password=password[:LONGEST_PASSWORD])
        with database.writing() as session:
            account = held_account(session, found.account_id) if matches else None
            # Another one may have been chosen meanwhile, which ended all that the old one opened.
            if account is not None and account.active and account.password_hash == kept:
                record(session, Act.SIGNED_IN, by=account.id, at=now)
                forget_failures(session, name, step=step, source=source)
                return begin_session(session, account, now=now, came_from=came_from)
            count_failure(session, name, step=step, now=now, source=source)
            account = account_named(session, name)
            record_failure(session, account, name=name, now=now)
            record_lock(session, account, step=step, now=now, source=source)
    raise SignInRefused


@dataclass(frozen=True, slots=True)
class _Found:
    """What a name and where it is typed come to; no hash where nobody may sign in by it."""

    source: Source
    account_id: str = ""
    password_hash: str | None = None


def _look(
    database: Database,
    name: str,
    came_from: CameFrom,
    *,
    step: str,
    keys_dir: Path | None,
    now: datetime,
) -> _Found:
    """Whether this name may be tried from there; raise SignInLocked or NetworkLocked."""
    with database.reading() as session:
        account = account_named(session, name)
        source = _source(account, came_from, step=step, keys_dir=keys_dir, now=now)
        opens_in = opens_again(session, name, step=step, now=now, source=source)
        if opens_in is not None:
            raise SignInLocked(opens_in=opens_in)
        opens_in = network_opens_again(session, source, now=now)
        if opens_in is not None:
            raise NetworkLocked(opens_in=opens_in)
        if account is None or not account.active:
            return _Found(source)
        return _Found(source, account.id, account.password_hash)


def _source(
    account: Account | None,
    came_from: CameFrom,
    *,
    step: str,
    keys_dir: Path | None,
    now: datetime,
) -> Source:
    """Whose count a failure is held against; the machine's own has no network."""
    if step == AT_THE_MACHINE:
        return ANYWHERE
    if account is not None and keys_dir is not None:
        device = known_device(came_from.devices, account.id, keys_dir=keys_dir, now=now)
        if device is not None:
            return known_source(device)
    return source_of_stranger(came_from.address)


def held_account(session: Session, account_id: str) -> Account | None:
    """A person whose password nobody else changes until this transaction ends."""
    return session.get(Account, account_id, with_for_update=True)


def sign_out(session: Session, token: str, *, now: datetime) -> None:
    """End the session of this token; a token that is gone already is no mistake."""
    kept = session.get(SignInSession, hashed(token))
    if kept is not None:
        record(session, Act.SIGNED_OUT, by=kept.account_id, at=now)
        session.delete(kept)
        session.flush()


def session_of(
    session: Session, token: str, *, now: datetime, own: str | None = None
) -> SignedIn | None:
    """The running session of a token; None when it ended, or its person may no longer sign in.

    `own` is the station of the installation that asks.
    """
    rows = session.execute(_RUNNING, {"token": hashed(token)}).all()
    if not rows or now >= rows[0].expires_at or not rows[0].active:
        return None
    kept = rows[0]
    person = Person(kept.account_id, kept.username, kept.display_name)
    grants = [Grant(row.station_id, row.role, row.village_id) for row in rows if row.role]
    return SignedIn(
        viewer=replace(
            viewer_with(session, person, grants, chosen=kept.chosen, own=own),
            second_factor_at=kept.second_factor_at,
        ),
        csrf_token=kept.csrf_token,
        expires_at=kept.expires_at,
    )


def viewer_of(session: Session, token: str, *, now: datetime) -> Viewer | None:
    """Whoever holds this token."""
    found = session_of(session, token, now=now)
    return found.viewer if found else None


def begin_session(
    session: Session,
    account: Account,
    *,
    now: datetime,
    came_from: CameFrom,
) -> SignedIn:
    """Sign a person in whose proof was checked; the token is told once."""
    session.exec(delete(SignInSession).where(col(SignInSession.expires_at) <= now))
    token, csrf_token = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    kept = SignInSession(
        token_sha256=hashed(token),
        account_id=account.id,
        csrf_token=csrf_token,
        created_at=now,
        expires_at=now + SESSION_LIFE,
        address=came_from.address,
        browser=came_from.browser,
    )
    session.add(kept)
    return SignedIn(
        viewer=viewer_of_account(session, account),
        csrf_token=csrf_token,
        expires_at=kept.expires_at,
        token=token,
    )


def hashed(token: str) -> str:
    """As a token is kept: it is 256 random bits, so nothing slower is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
