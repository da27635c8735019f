"""The days on which a bulletin may go on air: its own, and of a programme those of all in it.

Old news is not played: what is planned keeps within these days, as it does within quiet hours.
"""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from broadcaster.bulletins.tables import Bulletin, Rendition


@dataclass(frozen=True, slots=True)
class Validity:
    """Both days belong to it; None leaves that side open."""

    valid_from: date | None = None
    valid_until: date | None = None

    def holds_at(self, at: datetime, *, zone: ZoneInfo) -> bool:
        """Whether an instant falls on a day on which it may go on air."""
        day = at.astimezone(zone).date()
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )

    def within(self, other: "Validity") -> "Validity":
        """The days that belong to both; none, where they do not meet."""
        begins = [each for each in (self.valid_from, other.valid_from) if each is not None]
        ends = [each for each in (self.valid_until, other.valid_until) if each is not None]
        return Validity(max(begins, default=None), min(ends, default=None))


def validity_of(session: Session, rendition: Rendition) -> Validity:
    """The days on which all that a rendition says may go on air."""
    ids = {rendition.bulletin_id, *(part.get("bulletin_id") or "" for part in rendition.parts)}
    if rendition.relay and rendition.relay["fallback"]:
        ids.add(rendition.relay["fallback"]["bulletin_id"])
    found = Validity()
    for each in session.exec(select(Bulletin).where(col(Bulletin.id).in_(ids))):
        found = found.within(Validity(each.valid_from, each.valid_until))
    return found
