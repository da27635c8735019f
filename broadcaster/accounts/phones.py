"""Village heads and the numbers at which they are called: entered by an admin, shown to the staff.

Purpose: calling somebody where loudspeakers are silent. A number that is emptied is erased, and so
is one whose person is a village head no more.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from broadcaster.accounts.errors import NoSuchHead, PhoneUnusable
from broadcaster.accounts.roles import Role
from broadcaster.accounts.tables import Account, HeadPhone, RoleGrant
from broadcaster.areas.tables import Village
from broadcaster.audit import Act, record

log = structlog.get_logger(__name__)

_LIKE_A_NUMBER = re.compile(r"\+?[0-9]{8,15}")
_BETWEEN = str.maketrans("", "", " .-()\u00a0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A village head who can sign in, with the villages and the number (or '')."""

    account_id: str
    name: str
    villages: Sequence[str]
    phone: str


def heads(session: Session, *, station_id: str) -> list[Head]:
    """Every village head of a station, in the order of their villages."""
    rows = session.exec(
        select(Account, Village.name, HeadPhone.phone)
        .join(RoleGrant, col(RoleGrant.account_id) == col(Account.id))
        .join(Village, col(Village.id) == col(RoleGrant.village_id))
        .join(HeadPhone, col(HeadPhone.account_id) == col(Account.id), isouter=True)
        .where(
            RoleGrant.station_id == station_id,
            RoleGrant.role == Role.VILLAGE_HEAD,
            col(Account.active),
        )
        .order_by(col(Village.cluster_id), col(Village.position), col(Village.id), col(Account.id))
    ).all()
    places: dict[str, list[str]] = {}
    for account, village, _ in rows:
        places.setdefault(account.id, []).append(village)
    found = {account.id: (account.display_name, phone) for account, _, phone in rows}
    return [
        Head(account_id=id_, name=name, villages=places[id_], phone=phone or "")
        for id_, (name, phone) in found.items()
    ]


def phones_of_heads(session: Session, *, only: Collection[str] | None = None) -> Mapping[str, str]:
    """The numbers that are known, by account; `only` asks for some people's."""
    wanted = select(HeadPhone.account_id, HeadPhone.phone)
    if only is not None:
        wanted = wanted.where(col(HeadPhone.account_id).in_(only))
    return dict(session.exec(wanted).all())


def keep_phone(
    session: Session, account_id: str, given: str, *, station_id: str, by: str, now: datetime
) -> None:
    """Let a village head be called at this number; an empty one erases it.

    Raises PhoneUnusable, and NoSuchHead for whoever is none.
    """
    phone = checked_phone(given)
    if account_id not in {head.account_id for head in heads(session, station_id=station_id)}:
        raise NoSuchHead
    kept = session.get(HeadPhone, account_id)
    if (kept.phone if kept else "") == phone:
        return
    if kept is not None:
        session.delete(kept)
        session.flush()
    if phone:
        session.add(HeadPhone(account_id=account_id, phone=phone, entered_by=by, entered_at=now))
        session.flush()
    details = {"known": bool(phone)}
    record(session, Act.HEAD_PHONE_CHANGED, by=by, about=account_id, at=now, details=details)
    log.info("head_phone_changed", account_id=account_id, known=bool(phone), by=by)


def forget_phones(session: Session, *, now: datetime) -> int:
    """Erase the numbers of whoever is a village head no more, or may not sign in; count them.

    A number is kept for being called as one. It goes with the role, whichever way that went.
    """
    heads_now = (
        select(RoleGrant.account_id)
        .join(Account, col(Account.id) == col(RoleGrant.account_id))
        .where(RoleGrant.role == Role.VILLAGE_HEAD, col(Account.active))
    )
    outlived = session.exec(
        select(HeadPhone).where(col(HeadPhone.account_id).not_in(heads_now))
    ).all()
    for kept in outlived:
        session.delete(kept)
        record(session, Act.HEAD_PHONE_CHANGED, by="", about=kept.account_id, at=now,
               details={"known": False})  # fmt: skip
        log.info("head_phone_forgotten", account_id=kept.account_id)
    session.flush()
    return len(outlived)


def checked_phone(given: str) -> str:
    """A number as it is dialled, or '' for none; raise PhoneUnusable."""
    dialled = given.translate(_BETWEEN)
    if dialled and not _LIKE_A_NUMBER.fullmatch(dialled):
        raise PhoneUnusable(field="phone")
    return dialled


def spaced(phone: str) -> str:
    """A number as people read it aloud: 0912 345 678."""
    head, rest = phone[:-6], phone[-6:]
    return f"{head} {rest[:3]} {rest[3:]}"
