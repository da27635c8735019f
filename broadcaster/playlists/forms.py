"""The form that places a playlist's parts: what was typed, as it was left, and what it means.

Pure. Every act but saving gives back the same form with its rows in another order; nothing that
was typed gets lost, whatever is wrong with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from pydantic import BaseModel, ConfigDict, Field

from broadcaster.bulletins.errors import PriorityUnusable
from broadcaster.playlists.parts import LASTING, SOURCE_LIMIT_CHARACTERS, GivenPart, given_part
from broadcaster.playlists.shown import PlaylistShown
from playlists.playlist import PRIORITY_NORMAL, Part, PartKind, Stretch, in_order

SAVE = "save"
_BULLETIN = f"{PartKind.BULLETIN}:"
_TOO_LONG_MS = 10**9
# Stands for whatever a bulletin says: only kind and priority decide about the house's order.
_SOME_WORDS = Stretch(sha256="0" * 64, from_ms=0, to_ms=1)


@dataclass(frozen=True, slots=True)
class Row:
    """One part as typed."""

    kind: str
    bulletin_id: str = ""
    minutes: str = ""
    seconds: str = ""
    source: str = ""

    @property
    def lasts(self) -> bool:
        """Whether its author says how long it is."""
        return self.kind in LASTING

    @property
    def is_relay(self) -> bool:
        """Whether its author says who speaks in it."""
        return self.kind == PartKind.RELAY

    def given(self, position: int) -> GivenPart:
        """The part that is meant; raise PartUnusable."""
        return given_part(
            position,
            kind=self.kind,
            bulletin_id=self.bulletin_id,
            duration_ms=_milliseconds(self.minutes, self.seconds),
        )


class PlaylistForm(BaseModel):
    """What an author placed and typed; `act` is the button that was pressed."""

    model_config = ConfigDict(frozen=True)

    title: str = ""
    topic: str = ""
    priority: str = str(PRIORITY_NORMAL)
    kind: list[str] = Field(default_factory=list)
    bulletin_id: list[str] = Field(default_factory=list)
    minutes: list[str] = Field(default_factory=list)
    seconds: list[str] = Field(default_factory=list)
    source: list[str] = Field(default_factory=list)
    ticked: list[str] = Field(default_factory=list)
    added: str = ""
    added_minutes: str = ""
    added_seconds: str = ""
    added_source: str = ""
    act: str = SAVE

    @property
    def rows(self) -> list[Row]:
        """The parts in order, as typed."""
        columns = (self.bulletin_id, self.minutes, self.seconds, self.source)
        cells = list(zip_longest(*columns, fillvalue=""))
        cells += [("", "", "", "")] * (len(self.kind) - len(cells))
        return [Row(kind, *rest) for kind, rest in zip(self.kind, cells, strict=False)]

    def with_rows(self, rows: Sequence[Row]) -> "PlaylistForm":
        """The same form with other parts."""
        return self.model_copy(
            update={
                "kind": [row.kind for row in rows],
                "bulletin_id": [row.bulletin_id for row in rows],
                "minutes": [row.minutes for row in rows],
                "seconds": [row.seconds for row in rows],
                "source": [row.source for row in rows],
            }
        )

    def given_parts(self) -> list[GivenPart]:
        """The parts that are meant; raise PartUnusable, naming the first that is not complete."""
        return [row.given(position) for position, row in enumerate(self.rows, start=1)]

    def given_priority(self) -> int:
        """Raise PriorityUnusable for what is no number."""
        if not self.priority.isascii() or not self.priority.isdecimal():
            raise PriorityUnusable(field="priority")
        return int(self.priority[:9])


def empty_form() -> PlaylistForm:
    """How a programme begins and ends here."""
    return PlaylistForm().with_rows(
        [Row(PartKind.CHIME), Row(PartKind.IDENT), Row(PartKind.CLOSING)]
    )


def form_of(playlist: PlaylistShown) -> PlaylistForm:
    """The form that would write a playlist as it is."""
    row = playlist.base.row
    form = PlaylistForm(title=row.title, topic=row.topic, priority=str(row.priority))
    return form.with_rows([_row_of(part.given) for part in playlist.parts])


def acted(form: PlaylistForm, *, priorities: Mapping[str, int]) -> PlaylistForm:
    """The form after the button that was pressed; `priorities` are those of bulletins by id."""
    name, _, place = form.act.partition("-")
    rows = form.rows
    at = int(place) if place.isascii() and place.isdecimal() and len(place) < 4 else len(rows)
    match name:
        case "up" if 0 < at < len(rows):
            rows[at - 1], rows[at] = rows[at], rows[at - 1]
        case "down" if at < len(rows) - 1:
            rows[at + 1], rows[at] = rows[at], rows[at + 1]
        case "drop" if at < len(rows):
            del rows[at]
        case "house":
            return _in_house_order(absorbed(form), priorities)
        case "add" | "save":
            return absorbed(form)
    return form.with_rows(rows)


def absorbed(form: PlaylistForm) -> PlaylistForm:
    """The form with all that was ticked or filled in below as parts, before the closing words."""
    added = [Row(PartKind.BULLETIN, id_) for id_ in form.ticked]
    if form.added.startswith(_BULLETIN):
        added.append(Row(PartKind.BULLETIN, form.added.removeprefix(_BULLETIN)))
    elif form.added:
        typed = Row(form.added, "", form.added_minutes, form.added_seconds, form.added_source)
        added.append(typed if typed.lasts else Row(form.added))
    rows = form.rows
    ends = len(rows) - 1 if rows and rows[-1].kind == PartKind.CLOSING else len(rows)
    emptied = {"ticked": [], "added": ""}
    if added and added[-1].lasts:
        emptied |= {"added_minutes": "", "added_seconds": "", "added_source": ""}
    return form.with_rows([*rows[:ends], *added, *rows[ends:]]).model_copy(update=emptied)


def _in_house_order(form: PlaylistForm, priorities: Mapping[str, int]) -> PlaylistForm:
    rows = form.rows
    known = [
        _as_part(row, ref=str(place), priorities=priorities)
        for place, row in enumerate(rows)
        if row.kind in set(PartKind)
    ]
    return form.with_rows([rows[int(part.ref)] for part in in_order(known)])


def _as_part(row: Row, *, ref: str, priorities: Mapping[str, int]) -> Part:
    kind = PartKind(row.kind)
    return Part(
        kind=kind,
        title="",
        ref=ref,
        priority=priorities.get(row.bulletin_id, PRIORITY_NORMAL),
        words=_SOME_WORDS if kind is PartKind.BULLETIN else None,
        duration_ms=1 if kind in LASTING else 0,
    )


def _row_of(part: GivenPart) -> Row:
    if part.kind not in LASTING:
        return Row(part.kind, part.bulletin_id)
    minutes, rest_ms = divmod(part.duration_ms, 60_000)
    seconds, beyond_ms = divmod(rest_ms, 1_000)
    told = f"{seconds}.{beyond_ms:03}".rstrip("0") if beyond_ms else str(seconds)
    return Row(part.kind, "", str(minutes), told, part.source[:SOURCE_LIMIT_CHARACTERS])


def _milliseconds(minutes: str, seconds: str) -> int:
    """A length as typed; 0 for none, and longer than anything allowed for what is no number."""
    whole = minutes.strip() or "0"
    part, _, beyond = (seconds.strip().replace(",", ".") or "0").partition(".")
    digits = (whole, part, beyond or "0")
    if not all(each.isascii() and each.isdecimal() and len(each) < 5 for each in digits):
        return _TOO_LONG_MS
    return int(whole) * 60_000 + int(part) * 1_000 + int(beyond.ljust(3, "0")[:3])
