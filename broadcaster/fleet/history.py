"""The life of a device as the trail tells it: every act about it, and about those before it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from broadcaster.audit.tables import ENTRIES
from broadcaster.fleet.wording import ACTS

_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryLine:
    """One act: when, what (a msgid), whose account, about which device."""

    at: datetime
    words: str
    person: str
    device_id: str


def history_of(session: Session, device_ids: Collection[str]) -> Sequence[HistoryLine]:
    """The acts about these devices, the newest first; the last hundred of them."""
    rows = session.execute(
        select(ENTRIES.c.at, ENTRIES.c.act, ENTRIES.c.person, ENTRIES.c.about)
        .where(ENTRIES.c.about.in_(device_ids), ENTRIES.c.act.in_([str(act) for act in ACTS]))
        .order_by(ENTRIES.c.number.desc())
        .limit(_SHOWN)
    )
    words = {str(act): told for act, told in ACTS.items()}
    return [
        HistoryLine(at=at, words=words[act], person=person, device_id=about)
        for at, act, person, about in rows
    ]
