"""Who may order an emergency: the one exception to approval by another person, given beforehand.

A leader names a person; nobody names themselves. An order names the authorisation that it stands
on, and whoever signs it looks at the row again.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from broadcaster.accounts.roles import RIGHTS, Right
from broadcaster.accounts.tables import Account, RoleGrant
from broadcaster.database import new_id
from broadcaster.emergency.errors import (
    AlreadyAuthorised,
    CannotBeAuthorised,
    NotAuthorised,
    OwnAuthorisation,
    UnknownAuthorisation,
)
from broadcaster.emergency.log import Act, note
from broadcaster.emergency.tables import EmergencyAuthorisation


def authorise(
    session: Session, account_id: str, *, station_id: str, by: str, now: datetime
) -> EmergencyAuthorisation:
    """Let a person order emergencies from now on.

    Raises OwnAuthorisation, CannotBeAuthorised or AlreadyAuthorised.
    """
    if account_id == by:
        raise OwnAuthorisation(field="account_id")
    if account_id not in {each.id for each in candidates(session, station_id=station_id)}:
        raise CannotBeAuthorised(field="account_id")
    if authorisation_of(session, account_id, station_id=station_id) is not None:
        raise AlreadyAuthorised(field="account_id")
    row = EmergencyAuthorisation(
        id=new_id("emu"),
        station_id=station_id,
        account_id=account_id,
        granted_by=by,
        granted_at=now,
    )
    session.add(row)
    session.flush()
    note(
        session, Act.AUTHORISED, station_id=station_id, at=now, by=by, detail=account_id,
        about=account_id, details={"authorisation": row.id},
    )  # fmt: skip
    return row


def revoke(
    session: Session, authorisation_id: str, *, station_id: str, by: str, now: datetime
) -> EmergencyAuthorisation:
    """Let a person order emergencies no more; what they ordered stands.

    Raises UnknownAuthorisation.
    """
    row = session.get(EmergencyAuthorisation, authorisation_id)
    if row is None or row.station_id != station_id:
        raise UnknownAuthorisation(authorisation_id)
    if row.revoked_at is None:
        row.revoked_at, row.revoked_by = now, by
        note(
            session, Act.REVOKED, station_id=station_id, at=now, by=by, detail=row.account_id,
            about=row.account_id, details={"authorisation": row.id},
        )  # fmt: skip
    return row


def authorisation_of(
    session: Session, account_id: str, *, station_id: str
) -> EmergencyAuthorisation | None:
    """The authorisation that a person holds now."""
    return session.exec(
        select(EmergencyAuthorisation).where(
            EmergencyAuthorisation.station_id == station_id,
            EmergencyAuthorisation.account_id == account_id,
            col(EmergencyAuthorisation.revoked_at).is_(None),
        )
    ).first()


def held_authorisation(
    session: Session, account_id: str, *, station_id: str
) -> EmergencyAuthorisation:
    """The same; raise NotAuthorised where there is none."""
    found = authorisation_of(session, account_id, station_id=station_id)
    if found is None:
        raise NotAuthorised
    return found


def authorisations(session: Session, *, station_id: str) -> Sequence[EmergencyAuthorisation]:
    """Whoever may order emergencies now, in the order in which they were named."""
    return session.exec(
        select(EmergencyAuthorisation)
        .where(
            EmergencyAuthorisation.station_id == station_id,
            col(EmergencyAuthorisation.revoked_at).is_(None),
        )
        .order_by(col(EmergencyAuthorisation.granted_at), col(EmergencyAuthorisation.id))
    ).all()


def candidates(session: Session, *, station_id: str) -> Sequence[Account]:
    """The people whom a leader may name: active, and with a role that orders anything at all."""
    roles = [role for role, rights in RIGHTS.items() if Right.RAISE_EMERGENCIES in rights]
    able = select(RoleGrant.account_id).where(
        RoleGrant.station_id == station_id, col(RoleGrant.role).in_(roles)
    )
    return session.exec(
        select(Account)
        .where(col(Account.active), col(Account.id).in_(able))
        .order_by(col(Account.display_name))
    ).all()


def covers(authorisation: EmergencyAuthorisation | None, *, giver: str, at: datetime) -> bool:
    """Whether an authorisation was another's word for this giver at that instant."""
    return (
        authorisation is not None
        and authorisation.account_id == giver
        and authorisation.granted_by != giver
        and authorisation.granted_at <= at
        and (authorisation.revoked_at is None or authorisation.revoked_at > at)
    )
