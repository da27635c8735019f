"""Failed sign-ins: counted until a name is locked, and told in the trail as far as that is bounded.

A name is locked for where its failures come from: a browser in which its person signed in before,
or the network of a stranger. All strangers together are held back too, later, so that guessing from
many networks stays slow; and a network that fails for many names is held back for all of them. None
of that touches a browser that is known.

Anybody may knock, and an entry stays for ever: what nobody's account is behind is told a hundred
times a day. A known name is held back after twenty-five, which bounds it by itself, and so are the
entries that say it was locked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col, delete

from broadcaster.accounts.tables import Account, SignInFailure
from broadcaster.audit import Act, record
from broadcaster.audit.tables import ENTRIES

STRANGERS_A_DAY = 100
FAILURES_ALLOWED = 5
STRANGERS_ALLOWED = 25
"""From all who are not known together: a hundred an hour, as OWASP's ASVS 2.2.1 allows."""
A_NETWORK_ALLOWED = 30
"""For all names together, of one stranger's network: one password is not tried on everybody's."""
FAILURE_WINDOW = timedelta(minutes=15)
PASSWORD, CODE = "password", "code"
"""The two steps of signing in: each has its own count, and only its own success ends it."""

AT_THE_MACHINE = "machine"
"""A password typed at the station's machine: who locks a name from afar does not lock that door."""


_KNOWN = "device:"
_LINE_V4, _LINE_V6 = 24, 56
_OF_STRANGERS: ColumnElement[bool] = ~col(SignInFailure.source).startswith(_KNOWN)


@dataclass(frozen=True, slots=True)
class Source:
    """Where somebody tries from; those of one name share a count. Empty: from no network."""

    name: str = ""

    @property
    def is_known(self) -> bool:
        """Whether the person was there before: what strangers do is not held against it."""
        return self.name.startswith(_KNOWN)


ANYWHERE = Source()
"""The station's machine, or whoever has no browser that is known."""


@dataclass(frozen=True, slots=True)
class Lock:
    """How often a person's name, or their codes, were locked lately, and when last."""

    account_id: str
    act: Act
    count: int
    at: datetime


def known_source(device: str) -> Source:
    """A browser in which the person signed in before, or a session that runs."""
    return Source(f"{_KNOWN}{device}")


def source_of_stranger(address: str) -> Source:
    """The network of an address: an IPv4 /24, or the /56 that an IPv6 line gets at most."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return Source(address)
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    length = _LINE_V4 if parsed.version == 4 else _LINE_V6
    return Source(str(ip_network((parsed, length), strict=False)))


def network_opens_again(session: Session, source: Source, *, now: datetime) -> timedelta | None:
    """In how long a stranger's network that failed for many names may try again; None if it may."""
    if source.is_known or not source.name:
        return None
    counted = (col(SignInFailure.source) == source.name) & (col(SignInFailure.step) == PASSWORD)
    return _opens_in(session, counted, allowed=A_NETWORK_ALLOWED, now=now)


def networks_held_back(session: Session, *, now: datetime) -> Sequence[tuple[str, datetime]]:
    """The strangers' networks that are held back for all names now, and the newest failure."""
    newest = func.max(col(SignInFailure.at))
    found = session.execute(
        select(col(SignInFailure.source), newest)
        .where(
            col(SignInFailure.step) == PASSWORD,
            col(SignInFailure.source) != "",
            _OF_STRANGERS,
            *_counts_still(now),
        )
        .group_by(col(SignInFailure.source))
        .having(func.count() >= A_NETWORK_ALLOWED)
        .order_by(newest.desc())
    )
    return [(source, at) for source, at in found]


def opens_again(
    session: Session, name: str, *, step: str, now: datetime, source: Source = ANYWHERE
) -> timedelta | None:
    """In how long a name that is locked there may try this step again; None while it is open."""
    of_name = (col(SignInFailure.username) == name) & (col(SignInFailure.step) == step)
    from_there = col(SignInFailure.source) == source.name
    theirs = _opens_in(session, of_name & from_there, allowed=FAILURES_ALLOWED, now=now)
    if source.is_known:
        return theirs
    all_strangers = _opens_in(session, of_name & _OF_STRANGERS, allowed=STRANGERS_ALLOWED, now=now)
    return max((each for each in (theirs, all_strangers) if each is not None), default=None)


def count_failure(
    session: Session, name: str, *, step: str, now: datetime, source: Source = ANYWHERE
) -> None:
    """Count one more, and forget those that count no longer."""
    session.exec(delete(SignInFailure).where(col(SignInFailure.at) <= now - FAILURE_WINDOW))
    session.add(SignInFailure(username=name, step=step, at=now, source=source.name))


def forget_failures(session: Session, name: str, *, step: str, source: Source = ANYWHERE) -> None:
    """Who succeeded there begins anew there; what others did elsewhere still counts there."""
    session.exec(
        delete(SignInFailure).where(
            col(SignInFailure.username) == name,
            col(SignInFailure.step) == step,
            col(SignInFailure.source) == source.name,
        )
    )


def _opens_in(
    session: Session, counted: ColumnElement[bool], *, allowed: int, now: datetime
) -> timedelta | None:
    newest = (
        session.execute(
            select(col(SignInFailure.at))
            .where(counted, *_counts_still(now))
            .order_by(col(SignInFailure.at).desc())
            .limit(allowed)
        )
        .scalars()
        .all()
    )
    return newest[-1] + FAILURE_WINDOW - now if len(newest) == allowed else None


def _counts_still(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    # What a clock that was set back counted ahead of time locks nobody out for years.
    return col(SignInFailure.at) > now - FAILURE_WINDOW, col(SignInFailure.at) <= now


def record_failure(session: Session, account: Account | None, *, name: str, now: datetime) -> None:
    """Write a failed sign-in into the trail: whose account it was, or the name that is nobody's.

    A name that is nobody's may be a password typed into the wrong field, so it is kept outside the
    chain, where it can be erased.
    """
    if account is not None:
        record(session, Act.SIGN_IN_FAILED, by="", about=account.id, at=now)
    elif _strangers(session, now=now) < STRANGERS_A_DAY:
        record(session, Act.SIGN_IN_FAILED, by="", at=now, private={"username": name})


def record_lock(
    session: Session, account: Account | None, *, step: str, now: datetime, source: Source
) -> None:
    """Write into the trail that the failure which was just counted locked this person's name.

    Told of accounts only: whoever reads it can do nothing for a name that is nobody's.
    """
    if account is None:
        return
    if opens_again(session, account.username, step=step, now=now, source=source) is not None:
        act = Act.SECOND_FACTOR_LOCKED if step == CODE else Act.SIGN_IN_LOCKED
        where = "known_browser" if source.is_known else "stranger"
        record(session, act, by="", about=account.id, at=now, details={"where": where})


def locks_told(session: Session, *, since: datetime) -> Sequence[Lock]:
    """What the trail says of names that were locked since then, the newest first."""
    newest = func.max(ENTRIES.c.at)
    found = session.execute(
        select(ENTRIES.c.about, ENTRIES.c.act, func.count(), newest)
        .where(
            ENTRIES.c.act.in_([Act.SIGN_IN_LOCKED, Act.SECOND_FACTOR_LOCKED]),
            ENTRIES.c.at > since,
        )
        .group_by(ENTRIES.c.about, ENTRIES.c.act)
        .order_by(newest.desc())
    )
    return [Lock(about, Act(act), count, at) for about, act, count, at in found]


def _strangers(session: Session, *, now: datetime) -> int:
    counted = select(func.count()).where(
        ENTRIES.c.act == Act.SIGN_IN_FAILED,
        ENTRIES.c.about == "",
        ENTRIES.c.at > now - timedelta(days=1),
    )
    return int(session.execute(counted).scalar_one())
