"""What an export is of, and what a table of it is: shared by all that tell rows for it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

Value = str | int | float | None

AT = "Giờ của đài, ISO 8601. / The station's time, ISO 8601."
ID = "Mã mà các bảng khác dẫn tới. / The id that other tables refer to."
ACCOUNT = "Mã tài khoản. / An account, by id."


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What an export is of: a station on a day, with people's names and numbers or without."""

    station_id: str
    today: date
    zone: ZoneInfo
    personal: bool


Rows = Callable[[Session, Place], Iterable[Sequence[Value]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportTable:
    """One file of an export. `columns` are headings with what they mean, for its README."""

    name: str
    of: Sequence[str]
    """The database's tables whose rows it tells."""

    title: str
    columns: Sequence[tuple[str, str]]
    rows: Rows
    personal: bool = False
    """Whether all of it is people's own data, so that it is left out without it."""


def instant(at: datetime | None, place: Place) -> str:
    """An instant in the station's zone, ISO 8601; nothing for none."""
    return at.astimezone(place.zone).isoformat(timespec="seconds") if at else ""


def yes_or_no(said: bool) -> str:
    """As spreadsheets take it: 1 or 0."""
    return "1" if said else "0"
