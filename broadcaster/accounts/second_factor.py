"""The second factor of a person: offered, enrolled, proven; every code serves once.

Invariants: a code that was taken is never taken again, not by two requests at the same instant
either; after five wrong ones in fifteen minutes none is taken for a while, in a browser in which
its person proved themselves before, or in all others together. Printed codes serve all the same
then: they carry 75 random bits, and are there for the day on which nothing else works.
"""

import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Session, col, delete, func, select, update

from broadcaster.accounts.authenticator import code_at, new_seed, step_of
from broadcaster.accounts.errors import (
    SecondFactorLocked,
    SecondFactorMissing,
    SecondFactorRefused,
)
from broadcaster.accounts.failures import (
    ANYWHERE,
    CODE,
    Source,
    count_failure,
    forget_failures,
    opens_again,
    record_lock,
)
from broadcaster.accounts.passwords import spoken_secret
from broadcaster.accounts.sealing import open_seed, seal_seed
from broadcaster.accounts.sessions import hashed
from broadcaster.accounts.tables import (
    Account,
    OneTimeCode,
    SecondFactor,
    SignInSession,
)
from broadcaster.audit import Act, record
from broadcaster.database import Database

CODES_ON_A_SHEET = 10
OFFER_LASTS = timedelta(hours=1)
_GROUPS_IN_A_CODE = 6
_LONGEST_CODE = 60


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has to prove themselves with."""

    enrolled_at: datetime | None
    codes_left: int
    codes_made_at: datetime | None

    @property
    def can_prove(self) -> bool:
        """Whether there is anything that could be asked for."""
        return self.enrolled_at is not None or self.codes_left > 0


def standing_of(session: Session, account_id: str) -> Standing:
    """What a person can prove themselves with now."""
    kept = session.get(SecondFactor, account_id)
    left, made_at = session.exec(
        select(func.count(), func.max(OneTimeCode.made_at)).where(
            OneTimeCode.account_id == account_id, col(OneTimeCode.used_at).is_(None)
        )
    ).one()
    return Standing(kept.enrolled_at if kept else None, left, made_at)


def offer_seed(
    session: Session, account_id: str, *, token: str, keys_dir: Path, now: datetime
) -> str:
    """The seed that this person may enrol: the same for an hour, so that a page can be shown anew.

    It is offered in the session of this token and shown in no other: whoever waits in a stolen one
    must not know what its person enrols. What is enrolled already serves until this one is proven.
    """
    kept = session.get(SecondFactor, account_id) or SecondFactor(account_id=account_id)
    offered = _offered(kept, token=token, keys_dir=keys_dir, now=now)
    if offered is not None:
        return offered
    seed = new_seed()
    sealed = seal_seed(f"{hashed(token)} {seed}", keys_dir=keys_dir)
    kept.offered_seed, kept.offered_at = sealed, now
    session.add(kept)
    session.flush()
    return seed


def enrol(
    database: Database, account_id: str, *, code: str, token: str, keys_dir: Path, now: datetime
) -> Sequence[str]:
    """Take the offered seed into use, proven by a code of it; the printed codes, told once.

    The session of this token has proven it with that. Raises SecondFactorRefused or -Locked.
    """
    with database.writing() as session:
        kept = _locked_row(session, account_id)
        opens_in = opens_again(session, _name(session, account_id), step=CODE, now=now)
        if opens_in is None and _take_offer(
            kept, code=code, token=token, keys_dir=keys_dir, now=now
        ):
            record(session, Act.SECOND_FACTOR_ENROLLED, by=account_id, about=account_id, at=now)
            _mark_proven(session, token, account_id=account_id, now=now, source=ANYWHERE)
            return make_codes(session, account_id, by=account_id, now=now)
        if opens_in is None:
            _refuse(session, account_id, now=now, source=ANYWHERE)
    raise SecondFactorLocked(opens_in=opens_in) if opens_in else SecondFactorRefused(field="code")


def enrol_at_the_machine(
    session: Session, account_id: str, *, keys_dir: Path, now: datetime
) -> str:
    """Give a person a seed that serves at once, as a demonstration's people get theirs; tell it."""
    seed = new_seed()
    sealed = seal_seed(seed, keys_dir=keys_dir)
    session.add(SecondFactor(account_id=account_id, sealed_seed=sealed, enrolled_at=now))
    session.flush()
    record(session, Act.SECOND_FACTOR_ENROLLED, by=None, about=account_id, at=now)
    return seed


def prove(
    database: Database,
    account_id: str,
    *,
    code: str,
    token: str,
    keys_dir: Path,
    now: datetime,
    source: Source = ANYWHERE,
) -> None:
    """Take a code of the authenticator or of the sheet for the session of this token.

    `source` is the browser, where this person proved themselves in it before: who knows a password
    and guesses codes elsewhere does not lock it.

    Raises SecondFactorMissing, SecondFactorRefused or SecondFactorLocked.
    """
    with database.writing() as session:
        if not standing_of(session, account_id).can_prove:
            raise SecondFactorMissing(field="code")
        kept = _locked_row(session, account_id)
        name = _name(session, account_id)
        opens_in = opens_again(session, name, step=CODE, now=now, source=source)
        act = None
        if _take_printed(session, account_id, code=code, now=now):
            act = Act.ONE_TIME_CODE_USED
        elif opens_in is None and _take_step(kept, code=code, keys_dir=keys_dir, now=now):
            act = Act.SECOND_FACTOR_PROVEN
        if act is not None:
            record(session, act, by=account_id, about=account_id, at=now)
            _mark_proven(session, token, account_id=account_id, now=now, source=source)
            return
        if opens_in is None:
            _refuse(session, account_id, now=now, source=source)
    raise SecondFactorLocked(opens_in=opens_in) if opens_in else SecondFactorRefused(field="code")


def make_codes(
    session: Session, account_id: str, *, by: str | None, now: datetime
) -> Sequence[str]:
    """A new sheet of printed codes, kept nowhere; what was left of the one before is void."""
    session.exec(
        delete(OneTimeCode).where(
            col(OneTimeCode.account_id) == account_id, col(OneTimeCode.used_at).is_(None)
        )
    )
    codes = [spoken_secret(groups=_GROUPS_IN_A_CODE) for _ in range(CODES_ON_A_SHEET)]
    session.add_all(
        OneTimeCode(code_sha256=_digest(account_id, code), account_id=account_id, made_at=now)
        for code in codes
    )
    session.flush()
    record(session, Act.ONE_TIME_CODES_MADE, by=by, about=account_id, at=now)
    return codes


def remove(session: Session, account_id: str, *, by: str | None, now: datetime) -> None:
    """Take authenticator and sheet from a person who lost them; their sessions are unproven."""
    session.exec(delete(SecondFactor).where(col(SecondFactor.account_id) == account_id))
    session.exec(delete(OneTimeCode).where(col(OneTimeCode.account_id) == account_id))
    session.exec(
        update(SignInSession)
        .where(col(SignInSession.account_id) == account_id)
        .values(second_factor_at=None)
    )
    record(session, Act.SECOND_FACTOR_REMOVED, by=by, about=account_id, at=now)


def present_code(session: Session, account_id: str, *, keys_dir: Path, now: datetime) -> str:
    """The code that this person's app shows now; raise SecondFactorMissing."""
    kept = session.get(SecondFactor, account_id)
    if kept is None or kept.enrolled_at is None:
        raise SecondFactorMissing
    return code_at(open_seed(kept.sealed_seed, keys_dir=keys_dir), now=now)


def people_without(session: Session, account_ids: Collection[str]) -> frozenset[str]:
    """Those of these people who have nothing to prove themselves with."""
    enrolled = select(SecondFactor.account_id).where(col(SecondFactor.enrolled_at).is_not(None))
    printed = select(OneTimeCode.account_id).where(col(OneTimeCode.used_at).is_(None))
    return frozenset(account_ids) - {*session.exec(enrolled), *session.exec(printed)}


def printed_codes_used(session: Session, *, since: datetime) -> Sequence[OneTimeCode]:
    """The printed codes that somebody used, the newest first."""
    return session.exec(
        select(OneTimeCode)
        .where(col(OneTimeCode.used_at) > since)
        .order_by(col(OneTimeCode.used_at).desc())
    ).all()


def _offered(kept: SecondFactor, *, token: str, keys_dir: Path, now: datetime) -> str | None:
    """What was offered in the session of this token, while it is."""
    if kept.offered_at is None or now >= kept.offered_at + OFFER_LASTS:
        return None
    session_of, _, seed = open_seed(kept.offered_seed, keys_dir=keys_dir).rpartition(" ")
    return seed if hmac.compare_digest(session_of, hashed(token)) else None


def _take_offer(
    kept: SecondFactor | None, *, code: str, token: str, keys_dir: Path, now: datetime
) -> bool:
    if kept is None:
        return False
    seed = _offered(kept, token=token, keys_dir=keys_dir, now=now)
    step = step_of(seed, code, now=now, after_step=0) if seed is not None else None
    if seed is None or step is None:
        return False
    kept.sealed_seed = seal_seed(seed, keys_dir=keys_dir)
    kept.enrolled_at, kept.last_step = now, step
    kept.offered_seed, kept.offered_at = "", None
    return True


def _take_step(kept: SecondFactor | None, *, code: str, keys_dir: Path, now: datetime) -> bool:
    if kept is None or kept.enrolled_at is None:
        return False
    seed = open_seed(kept.sealed_seed, keys_dir=keys_dir)
    step = step_of(seed, code, now=now, after_step=kept.last_step)
    if step is not None:
        kept.last_step = step
    return step is not None


def _take_printed(session: Session, account_id: str, *, code: str, now: datetime) -> bool:
    if len(code) > _LONGEST_CODE:
        return False
    taken = session.exec(
        update(OneTimeCode)
        .where(
            col(OneTimeCode.code_sha256) == _digest(account_id, code),
            col(OneTimeCode.used_at).is_(None),
        )
        .values(used_at=now)
    )
    return taken.rowcount == 1


def _mark_proven(
    session: Session, token: str, *, account_id: str, now: datetime, source: Source
) -> None:
    kept = session.get(SignInSession, hashed(token))
    if kept is not None and kept.account_id == account_id:
        kept.second_factor_at = now
    forget_failures(session, _name(session, account_id), step=CODE, source=source)


def _refuse(session: Session, account_id: str, *, now: datetime, source: Source) -> None:
    account = session.get_one(Account, account_id)
    count_failure(session, account.username, step=CODE, now=now, source=source)
    record(session, Act.SECOND_FACTOR_REFUSED, by=account_id, about=account_id, at=now)
    record_lock(session, account, step=CODE, now=now, source=source)


def _locked_row(session: Session, account_id: str) -> SecondFactor | None:
    """One request at a time looks at a person's codes."""
    return session.exec(
        select(SecondFactor).where(SecondFactor.account_id == account_id).with_for_update()
    ).one_or_none()


def _name(session: Session, account_id: str) -> str:
    return session.get_one(Account, account_id).username


def _digest(account_id: str, code: str) -> str:
    """As `passwords.spoken_secret` is typed again: without its dashes, spaces and capitals."""
    bare = "".join(sign for sign in code.casefold() if sign.isalnum())
    return hashlib.sha256(f"{account_id}|{bare}".encode()).hexdigest()
