"""Looking through the trail: by person, by act, by day, the newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select
from sqlmodel import Session

from broadcaster.accounts.people import display_names, people_listed
from broadcaster.audit.entries import Scalar, read_entry
from broadcaster.audit.roots import bounds_of
from broadcaster.audit.tables import ENTRIES, PRIVATE
from devices.protocol.jws import unverified_payload


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What to show; an empty member leaves nothing out."""

    person: str = ""
    act: str = ""
    day: date | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One entry as it is shown. `person_name` and `words` are empty where they were erased."""

    number: int
    at: datetime
    act: str
    person: str
    person_name: str
    about: str
    about_name: str
    details: Mapping[str, Scalar]
    words: Mapping[str, str]
    facts: int
    sha256: str
    message: str


def trail_lines(session: Session, wanted: Filter, *, zone: ZoneInfo, limit: int) -> Sequence[Line]:
    """The newest entries that were asked for."""
    e = ENTRIES.c
    statement = select(ENTRIES, PRIVATE.c.said).select_from(
        ENTRIES.outerjoin(PRIVATE, PRIVATE.c.number == e.number)
    )
    if wanted.person:
        statement = statement.where((e.person == wanted.person) | (e.about == wanted.person))
    if wanted.act:
        statement = statement.where(e.act == wanted.act)
    if wanted.day is not None:
        begins_at, ends_at = bounds_of(wanted.day, zone=zone)
        statement = statement.where(e.at >= begins_at, e.at < ends_at)
    if wanted.before is not None:
        statement = statement.where(e.number < wanted.before)
    rows = session.execute(statement.order_by(e.number.desc()).limit(limit)).all()
    names = display_names(session, {each for row in rows for each in (row.person, row.about)})
    lines = []
    for row in rows:
        entry = read_entry(row.message, unverified_payload(row.message.encode())).entry
        lines.append(
            Line(
                number=row.number,
                at=row.at,
                act=row.act,
                person=row.person,
                person_name=names.get(row.person, ""),
                about=row.about,
                about_name=names.get(row.about, ""),
                details=entry.details,
                words=msgspec.json.decode(row.said, type=dict[str, str]) if row.said else {},
                facts=len(entry.facts),
                sha256=row.entry_sha256,
                message=row.message,
            )
        )
    return lines


def people(session: Session, *, station_id: str) -> Sequence[tuple[str, str]]:
    """Everybody of a station who may have done something: id and name."""
    listed = people_listed(session, station_id=station_id)
    return sorted(((each.account_id, each.display_name) for each in listed), key=itemgetter(1))


def address_of(about: str) -> str:
    """Where the page is of what an entry is about; empty where there is none."""
    kinds = {
        "bul-": "/bulletins/",
        "bc-": "/broadcasts/",
        "loa-": "/devices/",
        "em-": "/emergency/",
        "talk-": "/live/",
    }
    for prefix, address in kinds.items():
        if about.startswith(prefix):
            return address + about
    return ""
