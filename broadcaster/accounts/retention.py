"""What has an end is gone at its end, whether or not anybody signs in again."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlmodel import Session, SQLModel, col

from broadcaster.accounts.failures import FAILURE_WINDOW
from broadcaster.accounts.personal_data import ERASED_NAME
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
    """Delete sessions with their addresses, failures, links and codes whose time is over.

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
    _forget_erased_givers(session, now=now)
    _forget_strangers(session, now=now)


def _forget_erased_givers(session: Session, *, now: datetime) -> None:
    """An emergency that lasted when its giver was erased named them until it was over."""
    emergencies = SQLModel.metadata.tables["emergency"]
    erased = select(col(Account.id)).where(col(Account.display_name) == ERASED_NAME)
    session.execute(
        update(emergencies)
        .where(
            emergencies.c.given_by.in_(erased),
            emergencies.c.giver_name != ERASED_NAME,
            emergencies.c.repeats_until < now,
        )
        .values(giver_name=ERASED_NAME)
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
