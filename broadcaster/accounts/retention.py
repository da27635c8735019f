"""What has an end is gone at its end, whether or not anybody signs in again."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, SQLModel, col

from broadcaster.accounts.failures import FAILURE_WINDOW
from broadcaster.accounts.personal_data import COPIED_NAMES, ERASED_NAME, ERASED_USERNAME
from broadcaster.accounts.phones import forget_phones
from broadcaster.accounts.second_factor import OFFER_LASTS
from broadcaster.accounts.tables import (
    Account,
    OneTimeCode,
    PasswordLink,
    SecondFactor,
    SignInFailure,
    SignInSession,
)
from broadcaster.audit import Act, record
from broadcaster.audit.tables import ENTRIES, PRIVATE

USED_CODES_KEPT = timedelta(days=90)
STRANGERS_NAMES_KEPT = timedelta(days=90)


def forget_what_ended(session: Session, *, now: datetime) -> None:
    """Delete sessions with their addresses, failures, links, codes and numbers whose time is over.

    What strangers typed as their name is erased after ninety days, and the trail says up to where.
    """
    session.execute(delete(SignInSession).where(col(SignInSession.expires_at) <= now))
    session.execute(delete(SignInFailure).where(col(SignInFailure.at) <= now - FAILURE_WINDOW))
    session.execute(delete(PasswordLink).where(col(PasswordLink.expires_at) <= now))
    session.execute(delete(OneTimeCode).where(col(OneTimeCode.used_at) <= now - USED_CODES_KEPT))
    session.execute(
        update(SecondFactor)
        .where(col(SecondFactor.offered_at) <= now - OFFER_LASTS)
        .values(offered_seed="", offered_at=None)
    )
    _forget_erased_names(session, now=now)
    forget_phones(session, now=now)
    _forget_strangers(session, now=now)


def _forget_erased_names(session: Session, *, now: datetime) -> None:
    """What lasted when somebody was erased named them until it was over."""
    # Compared letter by letter: LIKE would take a small x for it on SQLite.
    begins = func.substr(col(Account.username), 1, len(ERASED_USERNAME))
    erased = select(col(Account.id)).where(begins == ERASED_USERNAME)
    for table, name, over, whose in COPIED_NAMES:
        copied = SQLModel.metadata.tables[table]
        session.execute(
            update(copied)
            .where(
                copied.c[whose].in_(erased),
                copied.c[name].is_not(None),
                copied.c[name] != ERASED_NAME,
                copied.c[over] < now,
            )
            .values({name: ERASED_NAME})
        )


def _forget_strangers(session: Session, *, now: datetime) -> None:
    old = select(ENTRIES.c.number).where(
        ENTRIES.c.act == Act.SIGN_IN_FAILED,
        ENTRIES.c.person == "",
        ENTRIES.c.at <= now - STRANGERS_NAMES_KEPT,
    )
    of_old = PRIVATE.c.number.in_(old)
    newest = session.execute(select(func.max(PRIVATE.c.number)).where(of_old)).scalar_one()
    if newest is None:
        return
    session.execute(PRIVATE.delete().where(of_old))
    record(session, Act.STRANGERS_FORGOTTEN, by="", at=now, details={"up_to": int(newest)})
