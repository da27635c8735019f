"""Tokens of programs: made by an admin, told once, kept as a hash, good for scopes and a time.

Invariants: a token is an actor of its own, an account that nobody signs in to and that holds no
role; it reads as an inspector does, of its scopes' routes alone (`scopes.SCOPES`); at a station
other than the installation's own it only reads, and only while whoever made it may read there.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from broadcaster.accounts.errors import (
    NoScope,
    NoSuchStation,
    NoSuchToken,
    TokenDaysUnusable,
    TokenNameUnusable,
)
from broadcaster.accounts.people import NO_PASSWORD, display_names
from broadcaster.accounts.roles import Role
from broadcaster.accounts.scopes import Scope
from broadcaster.accounts.sessions import SignedIn, hashed
from broadcaster.accounts.stations import stations_read_by
from broadcaster.accounts.tables import Account, ApiToken, ApiTokenStation
from broadcaster.accounts.viewer import Viewer
from broadcaster.areas.queries import villages_of
from broadcaster.areas.tables import Station
from broadcaster.audit import Act, record
from broadcaster.database import new_id

PREFIX = "loa_"
"""What every token begins with, so that people and scanners of secrets know one by sight."""

STATION_HEADER = "Loa-Station"
"""In which a program that may look at several stations names one of them."""

NAME_LIMIT_CHARACTERS = 80
LONGEST_DAYS = 366
USUAL_DAYS = 90
USE_NOTED_EVERY = timedelta(minutes=1)

_ID = "tok"
_USERNAME = "T-"
"""Nobody can choose a name with capitals, so what begins so is a program's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenLine:
    """A token as it is listed: all of it but what opens."""

    id: str
    name: str
    scopes: Sequence[Scope]
    stations: Sequence[str]
    made_by: str
    made_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None

    def opens(self, now: datetime) -> bool:
        """Whether it opens anything at this instant."""
        return self.revoked_at is None and now < self.expires_at


def is_token(sent: str) -> bool:
    """Whether what was sent as a bearer is a program's, and no person's session."""
    return sent.startswith(PREFIX)


def make_token(
    session: Session,
    *,
    name: str,
    scopes: Collection[str],
    days: int,
    station_id: str,
    also_stations: Collection[str] = (),
    by: str | None,
    now: datetime,
) -> tuple[ApiToken, str]:
    """Make a token, and say it this once.

    It looks at `station_id`, the installation's own, and at `also_stations`, which its maker must
    read. Raises TokenNameUnusable, NoScope, TokenDaysUnusable, NoSuchStation.
    """
    name = name.strip()
    if not 1 <= len(name) <= NAME_LIMIT_CHARACTERS or not name.isprintable():
        raise TokenNameUnusable(field="name")
    chosen = [each for each in Scope if each in scopes]
    if not chosen or len(chosen) != len(set(scopes)):
        raise NoScope(", ".join(Scope), field="scopes")
    if not 1 <= days <= LONGEST_DAYS:
        raise TokenDaysUnusable(field="days")
    stations = {station_id, *also_stations}
    if strange := stations - set(_stations_of(session, by, own=station_id)):
        raise NoSuchStation(min(strange))
    secret = PREFIX + secrets.token_urlsafe(32)
    account = Account(
        id=new_id(_ID),
        username="",
        display_name=name,
        password_hash=NO_PASSWORD,
        active=False,
        created_at=now,
    )
    account.username = _USERNAME + account.id
    session.add(account)
    session.flush()
    row = ApiToken(
        id=account.id,
        station_id=station_id,
        token_sha256=hashed(secret),
        scopes=" ".join(chosen),
        made_by=by,
        made_at=now,
        expires_at=now + timedelta(days=days),
    )
    session.add(row)
    session.flush()
    session.add_all(ApiTokenStation(token_id=row.id, station_id=each) for each in sorted(stations))
    record(
        session, Act.API_TOKEN_MADE, by=by, about=row.id, at=now,
        details={"scopes": row.scopes, "stations": " ".join(sorted(stations)), "days": days},
        private={"name": name},
    )  # fmt: skip
    return row, secret


def revoke_token(
    session: Session, token_id: str, *, station_id: str, by: str | None, now: datetime
) -> None:
    """Let a token open nothing any more, at once; raise NoSuchToken. Twice changes nothing."""
    row = session.get(ApiToken, token_id)
    if row is None or row.station_id != station_id:
        raise NoSuchToken(token_id)
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by = now, by
        record(session, Act.API_TOKEN_REVOKED, by=by, about=token_id, at=now)


def tokens_of(session: Session, *, station_id: str, only: str | None = None) -> list[TokenLine]:
    """A station's tokens, the newest first, or `only` one; those that ended as well."""
    wanted = select(ApiToken).where(ApiToken.station_id == station_id)
    if only is not None:
        wanted = wanted.where(ApiToken.id == only)
    rows = session.exec(wanted.order_by(col(ApiToken.made_at).desc(), col(ApiToken.id))).all()
    names = display_names(session, {each for row in rows for each in (row.id, row.made_by or "")})
    stations: dict[str, list[str]] = {}
    for token_id, name in session.exec(
        select(ApiTokenStation.token_id, Station.name)
        .join(Station, col(Station.id) == col(ApiTokenStation.station_id))
        .where(col(ApiTokenStation.token_id).in_([each.id for each in rows]))
        .order_by(col(Station.name))
    ):
        stations.setdefault(token_id, []).append(name)
    return [
        TokenLine(
            id=each.id,
            name=names[each.id],
            scopes=scopes_in(each.scopes),
            stations=stations.get(each.id, []),
            made_by=names.get(each.made_by or "", ""),
            made_at=each.made_at,
            expires_at=each.expires_at,
            revoked_at=each.revoked_at,
            last_used_at=each.last_used_at,
        )
        for each in rows
    ]


def opened_by(
    session: Session, sent: str, *, now: datetime, own: str, wanted: str = ""
) -> SignedIn | None:
    """Who a program is, and what it looks at; None for a token that opens nothing (any more).

    `wanted` is the station that the program names, by default `own`, else the first of the token's.
    Raises NoSuchStation for one that is not the token's, or not its maker's any more.
    """
    row = session.exec(select(ApiToken).where(ApiToken.token_sha256 == hashed(sent))).first()
    if row is None or row.revoked_at is not None or now >= row.expires_at:
        return None
    granted = set(
        session.exec(
            select(ApiTokenStation.station_id).where(ApiTokenStation.token_id == row.id)
        ).all()
    )
    others = set(_stations_of(session, row.made_by, own=own)) - {own} if granted - {own} else set()
    readable = granted & ({own} | others)
    station_id = wanted or (own if own in readable else min(readable, default=""))
    if station_id not in readable:
        raise NoSuchStation(station_id)
    account = session.get_one(Account, row.id)
    several = session.exec(select(Station.id).limit(2)).all()
    viewer = Viewer(
        account_id=row.id,
        username=account.username,
        display_name=account.display_name,
        roles=frozenset({Role.INSPECTOR}),
        station_id=station_id,
        station_villages=frozenset(each.id for each in villages_of(session, station_id))
        if len(several) > 1
        else None,
        station_count=len(readable),
    )
    return SignedIn(
        viewer=viewer,
        csrf_token="",
        expires_at=row.expires_at,
        scopes=frozenset(scopes_in(row.scopes)),
        used_at=row.last_used_at,
    )


def note_use(session: Session, token_id: str, *, now: datetime) -> None:
    """Write down that a token was used, so that an admin sees which one nobody needs."""
    session.get_one(ApiToken, token_id).last_used_at = now


def is_use_to_note(found: SignedIn, *, now: datetime) -> bool:
    """Whether the last use that was written down is long enough ago: not each request writes."""
    return found.used_at is None or now >= found.used_at + USE_NOTED_EVERY


def makers_of(session: Session, account_ids: Collection[str]) -> frozenset[str]:
    """Who made the tokens among these actors: what their program wrote counts as theirs."""
    tokens = [each for each in account_ids if each.startswith(f"{_ID}-")]
    if not tokens:
        return frozenset()
    found = session.exec(select(ApiToken.made_by).where(col(ApiToken.id).in_(tokens))).all()
    return frozenset(each for each in found if each is not None)


def scopes_in(kept: str) -> list[Scope]:
    """The scopes that a row names; one that there is no more opens nothing."""
    words = set(kept.split())
    return [each for each in Scope if each in words]


def _stations_of(session: Session, maker: str | None, *, own: str) -> Sequence[str]:
    """The stations that whoever makes a token reads: all of them, at the station's machine."""
    if maker is None:
        return session.exec(select(Station.id)).all()
    return [own, *(each.id for each in stations_read_by(session, maker, own=own))]
