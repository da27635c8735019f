"""The forms of a bulletin's page: what was typed, as it was left, and what is made of it."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from broadcaster.bulletins.delivery import Delivery, checked_delivery
from broadcaster.bulletins.desk import version_of
from broadcaster.bulletins.errors import IssueTimeUnusable, PriorityUnusable, RateUnusable
from broadcaster.bulletins.provenance import Provenance, read_day
from broadcaster.bulletins.tables import Bulletin
from broadcaster.bulletins.texts import Written, checked

RATES = ("0.7", "0.8", "0.9", "1.0", "1.1", "1.2", "1.3")
YEARS = range(2000, 2100)
DELIVERY_FIELDS = frozenset({"repeat", "rate", "tells_issue", "issued_at", "vietnamese_only"})
PROVENANCE_FIELDS = frozenset({"contributor", "source", "valid_from", "valid_until"})
EDITED = frozenset({"title", "script", "topic", "priority"}) | DELIVERY_FIELDS | PROVENANCE_FIELDS

_LOCAL_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_DECIMAL = re.compile(r"[0-9]{1,3}([.,][0-9]{1,6})?")


class BulletinForm(BaseModel):
    """What an author typed, as they left it."""

    model_config = ConfigDict(frozen=True)

    title: str = ""
    script: str = ""
    topic: str = ""
    priority: str = "3"
    repeat: str = "none"
    rate: str = ""
    tells_issue: str = ""
    issued_at: str = ""
    vietnamese_only: str = ""
    contributor: str = ""
    source: str = ""
    valid_from: str = ""
    valid_until: str = ""
    based_on: str = ""
    draft_id: str = ""
    revision: str = "0"

    def written(self, *, zone: ZoneInfo) -> Written:
        """What will be kept; raise a BadInput that names its field."""
        if not self.priority.isascii() or not self.priority.isdecimal():
            raise PriorityUnusable(field="priority")
        return checked(
            title=self.title,
            script=self.script,
            topic=self.topic,
            priority=int(self.priority[:9]),
            delivery=self._delivery(zone),
            provenance=Provenance(
                contributor=self.contributor,
                source=self.source,
                valid_from=read_day(self.valid_from, field="valid_from"),
                valid_until=read_day(self.valid_until, field="valid_until"),
            ),
        )

    @property
    def rates(self) -> tuple[str, ...]:
        """The speeds to choose from, with the one that the bulletin has."""
        own = {self.rate} if _DECIMAL.fullmatch(self.rate) else set()
        return tuple(sorted({*RATES, *own}, key=_number))

    @property
    def is_as_written(self) -> bool:
        """Whether nothing is wished beyond the words."""
        usual = BulletinForm()
        return all(getattr(self, name) == getattr(usual, name) for name in DELIVERY_FIELDS)

    @property
    def names_nothing(self) -> bool:
        """Whether nobody and no day is named."""
        return not any(getattr(self, name) for name in PROVENANCE_FIELDS)

    def _delivery(self, zone: ZoneInfo) -> Delivery:
        if self.rate and not _DECIMAL.fullmatch(self.rate):
            raise RateUnusable(field="rate")
        return checked_delivery(
            repeat=self.repeat,
            rate=_number(self.rate) if self.rate else None,
            tells_issue=self.tells_issue == "yes",
            issued_at=read_issue_time(self.issued_at, zone=zone),
            vietnamese_only=self.vietnamese_only == "yes",
        )


class CommentForm(BaseModel):
    """What somebody says about a bulletin that waits; whatever else its form brings is left."""

    model_config = ConfigDict(frozen=True)

    comment: str = ""


class DecisionForm(BaseModel):
    """What an approver was shown, and what they make of it."""

    model_config = ConfigDict(frozen=True)

    rendition_id: str = ""
    spoken_sha256: str = ""
    audio_sha256: str = ""
    submitted_at_ms: str = ""
    decision: str = ""
    over_warnings: str = ""
    over_missing: str = ""
    makes_way: str = ""
    comment: str = ""


def form_of(row: Bulletin, *, zone: ZoneInfo) -> BulletinForm:
    """The form that would write a bulletin as it is."""
    issued = row.issued_at.astimezone(zone).replace(tzinfo=None) if row.issued_at else None
    return BulletinForm(
        title=row.title,
        script=row.script,
        topic=row.topic,
        priority=str(row.priority),
        repeat=row.repeat,
        rate="" if row.rate is None else str(row.rate),
        tells_issue="yes" if row.tells_issue else "",
        issued_at=issued.isoformat(timespec="minutes") if issued else "",
        vietnamese_only="yes" if row.vietnamese_only else "",
        contributor=row.contributor,
        source=row.source,
        valid_from=row.valid_from.isoformat() if row.valid_from else "",
        valid_until=row.valid_until.isoformat() if row.valid_until else "",
        based_on=version_of(row),
    )


def read_issue_time(typed: str, *, zone: ZoneInfo) -> datetime | None:
    """The instant of a wall time in the station's zone; None for nothing.

    Raises IssueTimeUnusable.
    """
    if not typed.strip():
        return None
    if not _LOCAL_TIME.fullmatch(typed.strip()):
        raise IssueTimeUnusable(field="issued_at")
    try:
        local = datetime.fromisoformat(typed.strip())
    except ValueError as error:
        raise IssueTimeUnusable(field="issued_at") from error
    return usable_issue_time(local.replace(tzinfo=zone), field="issued_at")


def usable_issue_time(at: datetime, *, field: str) -> datetime:
    """An instant that can be said in words; raise IssueTimeUnusable for one of another century."""
    if at.year not in YEARS:
        raise IssueTimeUnusable(field=field)
    return at.astimezone(UTC)


def _number(typed: str) -> float:
    return float(typed.replace(",", "."))
