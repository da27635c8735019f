"""Weekly times of old, as schedules of bulletins that exist; they wait for approval like any other.

A programme that the station does not have comes in as a draft, where its words stand in the row: a
person completes it, gives it sound and has it approved, and the same file then brings its times.

A row is tried as it would be kept (`schedule.queueing`), so that quiet hours, the length of a
session and what plays at that time already are asked; where nothing is to be kept it is undone.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from broadcaster.accounts.roles import Right
from broadcaster.areas.tables import Station
from broadcaster.bulletins.desk import write_bulletin
from broadcaster.bulletins.errors import SCRIPT_LIMIT_CHARACTERS, TITLE_LIMIT_CHARACTERS
from broadcaster.bulletins.folding import folded
from broadcaster.bulletins.provenance import Provenance
from broadcaster.bulletins.tables import Bulletin
from broadcaster.bulletins.texts import checked
from broadcaster.errors import LoaError
from broadcaster.intake.checking import Change, Doer, Line, RowReader, Seen
from broadcaster.intake.columns import Column, Sheet
from broadcaster.intake.errors import (
    AnswersNobody,
    BulletinUnclear,
    BulletinUnknown,
    DayGone,
    DayUnusable,
    TooManyRows,
)
from broadcaster.intake.places_known import PlacesKnown
from broadcaster.intake.reading import Cell
from broadcaster.intake.values import (
    WEEKDAYS,
    read_date,
    read_list,
    read_time,
    read_weekdays,
    read_words,
)
from broadcaster.schedule.occurrences import instant_of
from broadcaster.schedule.queueing import Queueing, queue_bulletin
from broadcaster.schedule.repeating import RECURRENCES
from broadcaster.schedule.tables import Schedule, ScheduleCluster
from broadcaster.web.language import msgid

ROWS_TRIED = 100
"""Trying a row asks all rules of air time, and nobody else can write meanwhile."""

_WHOLE = frozenset({"ca xa", "toan xa", "tat ca", "all", "ca dai"})
BULLETIN = Column(
    key="bulletin",
    name="Bản tin",
    also=("chương trình", "nội dung", "tên bản tin", "title", "programme"),
    note=msgid("Tên hoặc mã của bản tin, chương trình hay tiếp âm đã có trong đài."),
    example="Chương trình sáng",
    required=True,
)
CLUSTERS = Column(
    key="clusters",
    name="Cụm",
    also=("cụm dân cư", "cụm loa", "nơi phát", "cluster"),
    note=msgid("Tên các cụm, cách nhau bằng dấu chấm phẩy; hoặc “cả xã”."),
    example="cả xã",
    required=True,
)
DAYS = Column(
    key="weekdays",
    name="Thứ",
    also=("ngày phát", "các thứ", "days"),
    note=msgid("“hằng ngày”, “T2-T7”, hoặc “thứ 2, thứ 4, CN”."),
    example="T2-T7",
    required=True,
)
TIME = Column(
    key="time",
    name="Giờ",
    also=("giờ phát", "thời gian", "giờ bắt đầu", "start", "hour"),
    note=msgid("Như 17:00 hoặc 5h30."),
    example="17:00",
    required=True,
)
FIRST = Column(
    key="first",
    name="Từ ngày",
    also=("bắt đầu từ", "from"),
    note=msgid("Để trống là từ hôm nay."),
)
LAST = Column(
    key="last",
    name="Đến ngày",
    also=("kết thúc", "until", "to"),
    note=msgid("Để trống là cho đến khi có người dừng."),
)
WORDS = Column(
    key="words",
    name="Lời đọc",
    also=("lời", "lời bài", "words", "script", "text"),
    note=msgid(
        "Chỉ cho nội dung chưa có trong đài: dòng này tạo bản nháp. Khi nháp đã có âm thanh, đưa "
        "lại tệp này vào để xếp giờ."
    ),
)
OF_OLD = "Lịch phát cũ"
"""The source of a draft that a row brought."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What the rows of one file are checked against."""

    session: Session
    doer: Doer
    station: Station
    places: PlacesKnown
    titles: dict[str, list[str]]
    held: frozenset["_Times"]


@dataclass(frozen=True, slots=True)
class _Times:
    """When a bulletin plays each week, and where."""

    bulletin_id: str
    clusters: frozenset[str]
    time: str
    recurrence: str


class Schedules:
    """Old schedules: a row lets a bulletin play each week at a time, once it is approved."""

    key = "schedules"
    title = msgid("Lịch phát hằng tuần")
    note = msgid(
        "Xếp bản tin, chương trình hay tiếp âm đã có vào giờ phát hằng tuần. Nội dung chưa duyệt "
        "thì chưa phát. Nội dung chưa có, kèm lời đọc, thành bản nháp."
    )
    right = Right.SCHEDULE_BROADCASTS
    tries = True
    columns = (BULLETIN, CLUSTERS, DAYS, TIME, FIRST, LAST, WORDS)

    def check(self, session: Session, sheet: Sheet, doer: Doer) -> list[Line]:
        """Each row tried after those before it; raise TooManyRows."""
        if len(sheet.records) > ROWS_TRIED:
            raise TooManyRows(ROWS_TRIED, field="file")
        look = _Look(
            session=session,
            doer=doer,
            station=session.get_one(Station, doer.station_id),
            places=PlacesKnown(session, station_id=doer.station_id, day=doer.today),
            titles=_titles(session, doer.station_id),
            held=_held(session, doer.station_id),
        )
        seen = Seen()
        return [_line(look, RowReader(sheet, each, self.columns), seen) for each in sheet.records]


def _line(look: _Look, reader: RowReader, seen: Seen) -> Line:
    doer = look.doer
    about = str(reader.record.cells.get("bulletin", ""))[:80]
    brings_words = reader.has("words") and not _is_known(reader, look.titles)
    bulletin_id = ""
    if not brings_words:
        bulletin_id = reader.needed("bulletin", lambda cell: _bulletin(cell, look.titles)) or ""
    clusters = reader.needed("clusters", lambda cell: _clusters(cell, look.places)) or ()
    days = reader.needed("weekdays", read_weekdays) or ()
    at = reader.needed("time", read_time) or ""
    first = reader.read("first", read_date)
    last = reader.read("last", read_date)
    if first is not None and first < doer.today:
        reader.refuse("first", DayGone())
    if last is not None and last < (first or doer.today):
        reader.refuse("last", DayUnusable())
    if reader.problems:
        return reader.wrong(about)
    if brings_words:
        return _drafted(look, reader, about)
    if _waits_for_sound(look.session, bulletin_id):
        return reader.line(about, is_new=False, changes=(), act=None)
    times = _Times(bulletin_id, frozenset(clusters), at, _recurrence(days, last))
    seen.check(reader, "bulletin", times)
    if reader.problems or times in look.held:
        return reader.line(about, is_new=False, changes=(), act=None)
    starts = _first_day(days, at, first or doer.today, station=look.station, now=doer.now)
    return _scheduled(look, reader, about, times, starts=starts, clusters=clusters)


def _scheduled(
    look: _Look,
    reader: RowReader,
    about: str,
    times: _Times,
    *,
    starts: date,
    clusters: Sequence[str],
) -> Line:
    """Its times, tried as they would be kept."""
    doer = look.doer
    if doer.by is None:
        reader.refuse("bulletin", AnswersNobody())
        return reader.wrong(about)
    wish = Queueing(
        bulletin_id=times.bulletin_id,
        cluster_ids=list(clusters),
        starts_local=f"{starts.isoformat()}T{times.time}",
        recurrence=times.recurrence,
    )
    try:
        queue_bulletin(look.session, wish, by=doer.by, now=doer.now, station=look.station)
    except LoaError as refused:
        reader.refuse(_COLUMN_OF.get(refused.field or "", "time"), refused)
        return reader.wrong(about)
    told = ", ".join(look.places.cluster_name(each) for each in clusters)
    changes = [Change(TIME.name, "", f"{times.time}, {told}")]
    return reader.line(about, is_new=True, changes=changes, act=_kept_already)


def _drafted(look: _Look, reader: RowReader, about: str) -> Line:
    """A draft for a programme that the station does not have: it sounds nowhere by itself."""
    doer = look.doer
    if doer.by is None:
        reader.refuse("bulletin", AnswersNobody())
        return reader.wrong(about)
    title = reader.needed("bulletin", lambda cell: read_words(cell, most=TITLE_LIMIT_CHARACTERS))
    words = reader.read("words", lambda cell: read_words(cell, most=SCRIPT_LIMIT_CHARACTERS))
    if title is None or words is None:
        return reader.wrong(about)
    try:
        written = checked(title=title, script=words, provenance=Provenance(source=OF_OLD))
    except LoaError as refused:
        reader.refuse("bulletin" if refused.field == "title" else "words", refused)
        return reader.wrong(about)
    bulletin = write_bulletin(
        look.session, station_id=doer.station_id, written=written, by=doer.by, now=doer.now
    )
    look.titles[folded(bulletin.title)] = [bulletin.id]
    changes = [Change(WORDS.name, "", words[:80])]
    return reader.line(about, is_new=True, changes=changes, act=_kept_already)


def _is_known(reader: RowReader, titles: Mapping[str, Sequence[str]]) -> bool:
    named = " ".join(str(reader.record.cells.get("bulletin", "")).split())
    return named in titles or folded(named) in titles


def _waits_for_sound(session: Session, bulletin_id: str) -> bool:
    """Whether a row brought it, and nobody has given it sound yet: its times come later."""
    bulletin = session.get(Bulletin, bulletin_id)
    return bulletin is not None and bulletin.source == OF_OLD and bulletin.rendition_id is None


_COLUMN_OF = {"clusters": "clusters", "script": "bulletin", "recurrence": "weekdays"}
"""Which column a field of the schedule's own form is."""


def _kept_already(_session: Session, _keeping: object) -> None:
    """Nothing is left to do: the row was tried, and stands unless all is undone."""


def _bulletin(cell: Cell, titles: Mapping[str, Sequence[str]]) -> str:
    named = read_words(cell, most=200)
    found = titles.get(named) or titles.get(folded(named)) or ()
    if not found:
        raise BulletinUnknown
    if len(found) > 1:
        raise BulletinUnclear
    return found[0]


def _clusters(cell: Cell, places: PlacesKnown) -> Sequence[str]:
    if folded(str(cell)) in _WHOLE:
        return [each.id for each in places.clusters]
    return list(dict.fromkeys(places.needed_cluster(each).id for each in read_list(cell)))


def _recurrence(days: Sequence[str], last: date | None) -> str:
    """The rule, as the form of a schedule writes it where it offers it."""
    weekly = f"FREQ=WEEKLY;BYDAY={','.join(days)}"
    rule = RECURRENCES["daily"] if len(days) == len(WEEKDAYS) else weekly
    return f"{rule};UNTIL={last:%Y%m%d}T235959" if last else rule


def _first_day(
    days: Sequence[str], at: str, first: date, *, station: Station, now: datetime
) -> date:
    """The first of these weekdays from a day on whose time has not passed."""
    zone, hour = ZoneInfo(station.zone), time.fromisoformat(at)
    for ahead in range(8):
        day = first + timedelta(days=ahead)
        is_ahead = instant_of(datetime.combine(day, hour), zone) > now
        if WEEKDAYS[day.weekday()] in days and is_ahead:
            return day
    return first + timedelta(days=7)


def _titles(session: Session, station_id: str) -> dict[str, list[str]]:
    """The bulletins by their id and by their title without diacritics."""
    found: dict[str, list[str]] = defaultdict(list)
    for id_, title in session.exec(
        select(Bulletin.id, Bulletin.title).where(Bulletin.station_id == station_id)
    ):
        found[id_] = [id_]
        found[folded(title)].append(id_)
    return found


def _held(session: Session, station_id: str) -> frozenset[_Times]:
    """The weekly times that stand."""
    clusters: dict[str, set[str]] = defaultdict(set)
    for row in session.exec(select(ScheduleCluster)):
        clusters[row.schedule_id].add(row.cluster_id)
    standing = session.exec(
        select(Schedule).where(
            Schedule.station_id == station_id,
            Schedule.recurrence != "",
            col(Schedule.cancelled_at).is_(None),
            col(Schedule.closed_at).is_(None),
        )
    )
    return frozenset(
        _Times(
            each.bulletin_id,
            frozenset(clusters[each.id]),
            each.starts_local[11:16],
            each.recurrence,
        )
        for each in standing
    )
