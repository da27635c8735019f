"""A person's new password: chosen with the old one, or with a link that an admin gave them.

Invariants: a link serves once, for a day, and not after a password was chosen; who had signed in
with the old password is signed out, and who is signing in with it at that moment does not come in.
"""

import secrets
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete

from broadcaster.accounts.errors import (
    LinkGone,
    PasswordTooShort,
    PasswordTooWellKnown,
    SignInLocked,
    SignInRefused,
)
from broadcaster.accounts.failures import (
    PASSWORD,
    count_failure,
    known_source,
    opens_again,
    record_failure,
    record_lock,
)
from broadcaster.accounts.password_checks import one_of_few_checks
from broadcaster.accounts.passwords import hash_password, password_matches
from broadcaster.accounts.session_list import end_sessions
from broadcaster.accounts.sessions import LONGEST_PASSWORD, hashed, held_account
from broadcaster.accounts.tables import Account, PasswordLink
from broadcaster.audit import Act, record
from broadcaster.database import Database

LINK_LASTS = timedelta(hours=24)
SHORTEST_PASSWORD = 10
# What people who must choose ten signs choose; each is refused as it stands and with digits behind.
_WELL_KNOWN = frozenset(
    ("password", "matkhau", "truyenthanh", "daitruyenthanh", "loaphuong", "loaxa", "qwertyuiop")
)
_FEWEST_DIFFERENT = 5
# Only who is signed in is asked for the old one: a stranger's failures stand elsewhere.
_SIGNED_IN = known_source("session")
_WITH_LINK = known_source("link")


def make_link(session: Session, account_id: str, *, by: str | None, now: datetime) -> str:
    """A link's token, told once; links that this person had before are void."""
    session.exec(delete(PasswordLink).where(col(PasswordLink.account_id) == account_id))
    session.exec(delete(PasswordLink).where(col(PasswordLink.expires_at) <= now))
    token = secrets.token_urlsafe(32)
    session.add(
        PasswordLink(
            token_sha256=hashed(token),
            account_id=account_id,
            made_at=now,
            expires_at=now + LINK_LASTS,
        )
    )
    session.flush()
    record(session, Act.PASSWORD_LINK_MADE, by=by, about=account_id, at=now)
    return token


def person_of_link(session: Session, token: str, *, now: datetime) -> Account:
    """Whose link it is; raise LinkGone."""
    link = session.get(PasswordLink, hashed(token))
    account = session.get(Account, link.account_id) if link and now < link.expires_at else None
    if account is None or not account.active:
        raise LinkGone
    return account


def use_link(database: Database, token: str, *, new: str, now: datetime) -> str:
    """Choose a password with a link; it and every session of the person end. Whose it is: their id.

    Raises LinkGone, PasswordTooShort, PasswordTooWellKnown or SignInBusy.
    """
    with database.reading() as session:
        account = person_of_link(session, token, now=now)
        check_new(new, username=account.username)
    with one_of_few_checks(_WITH_LINK):
        kept = hash_password(new)
    with database.writing() as session:
        # Looked for again: another request may have used it meanwhile.
        account = person_of_link(session, token, now=now)
        taken = session.exec(
            delete(PasswordLink).where(col(PasswordLink.token_sha256) == hashed(token))
        )
        if taken.rowcount != 1:
            raise LinkGone
        account.password_hash = kept
        record(session, Act.PASSWORD_CHANGED, by=account.id, about=account.id, at=now)
        end_sessions(session, account.id, by=account.id, now=now)
        return account.id


def change_password(
    database: Database, account_id: str, *, old: str, new: str, token: str, now: datetime
) -> None:
    """Choose a new password with the old one; every other session of the person ends.

    Raises SignInRefused (the old one is wrong), SignInLocked, SignInBusy, PasswordTooShort or
    PasswordTooWellKnown.
    """
    with database.reading() as session:
        account = session.get_one(Account, account_id)
        username, kept = account.username, account.password_hash
        opens_in = opens_again(session, username, step=PASSWORD, now=now, source=_SIGNED_IN)
    if opens_in is not None:
        raise SignInLocked(opens_in=opens_in)
    check_new(new, username=username)
    with one_of_few_checks(_SIGNED_IN):
        fits = len(old) <= LONGEST_PASSWORD
        if not (fits and password_matches(kept, password=old)):
            with database.writing() as session:
                count_failure(session, username, step=PASSWORD, now=now, source=_SIGNED_IN)
                whose = session.get(Account, account_id)
                record_failure(session, whose, name=username, now=now)
                record_lock(session, whose, step=PASSWORD, now=now, source=_SIGNED_IN)
            raise SignInRefused(field="old")
        changed = hash_password(new)
    with database.writing() as session:
        held = held_account(session, account_id)
        if held is None or held.password_hash != kept:
            # Another one was chosen meanwhile: the old one opens nothing any more.
            raise SignInRefused(field="old")
        held.password_hash = changed
        session.exec(delete(PasswordLink).where(col(PasswordLink.account_id) == account_id))
        record(session, Act.PASSWORD_CHANGED, by=account_id, about=account_id, at=now)
        end_sessions(session, account_id, by=account_id, now=now, but=token)


def check_new(password: str, *, username: str) -> None:
    """Raise PasswordTooShort or PasswordTooWellKnown."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise PasswordTooShort(field="new")
    bare = "".join(sign for sign in password.casefold() if sign.isalpha())
    own = "".join(sign for sign in username if sign.isalpha())
    if bare in {*_WELL_KNOWN, own} or len(set(password)) < _FEWEST_DIFFERENT:
        raise PasswordTooWellKnown(field="new")
