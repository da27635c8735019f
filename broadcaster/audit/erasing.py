"""Erasing what names a person: the trail says that it was done, and still holds."""

from datetime import datetime

from sqlmodel import Session

from broadcaster.audit.acts import Act
from broadcaster.audit.recording import record
from broadcaster.audit.tables import PRIVATE


def erase_private(session: Session, person: str, *, by: str | None, now: datetime) -> int:
    """Erase all that entries keep beside them of one person's acts; count them.

    Their numbers, instants and hashes stay: a hash with a salt that is gone tells nobody anything.
    """
    erased = session.execute(PRIVATE.delete().where(PRIVATE.c.person == person)).rowcount  # type: ignore[attr-defined]
    record(session, Act.PERSON_ERASED, by=by, about=person, at=now, details={"erased": erased})
    return int(erased)
