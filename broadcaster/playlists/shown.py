"""Playlists as pages and the API show them: parts as they were placed, and as they are heard."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from broadcaster.bulletins.desk import approved_rendition
from broadcaster.bulletins.shown import Line, Shown, lines_of, shown
from broadcaster.bulletins.standing import is_id
from broadcaster.bulletins.states import BulletinState
from broadcaster.bulletins.tables import Bulletin, BulletinKind, Rendition
from broadcaster.playlists.errors import PARTS_LIMIT
from broadcaster.playlists.parts import TITLES, GivenPart, parts_of
from broadcaster.playlists.tables import PlaylistItem
from playlists.playlist import PartKind

_LOOKED_UP = 4 * PARTS_LIMIT


@dataclass(frozen=True, slots=True)
class Named:
    """A bulletin that a part names: what it is called, and whether it is approved at present."""

    title: str
    priority: int
    rendition_id: str = ""
    duration_ms: int = 0

    @property
    def is_approved(self) -> bool:
        """Whether it may go on air as it is now."""
        return self.rendition_id != ""


@dataclass(frozen=True, slots=True)
class PlacedPart:
    """A part as its author placed it; without a sound of the whole its place in time is open."""

    given: GivenPart
    bulletin: Named | None

    @property
    def title(self) -> str:
        """The bulletin's own title, else what the part is called."""
        return self.bulletin.title if self.bulletin else TITLES[self.given.kind]

    @property
    def waits(self) -> bool:
        """Whether it is a bulletin that is not approved."""
        return self.bulletin is not None and not self.bulletin.is_approved


@dataclass(frozen=True, slots=True)
class Cue:
    """A part of the finished sound; `holds` is false for a bulletin that changed since."""

    kind: PartKind
    title: str
    start_ms: int
    end_ms: int
    bulletin_id: str
    rendition_id: str
    holds: bool

    @property
    def start(self) -> str:
        """Where it begins in the programme, as on a player: 1:05."""
        return told_clock(self.start_ms)


@dataclass(frozen=True, slots=True)
class PlaylistShown:
    """One playlist with all that its page says."""

    base: Shown
    parts: tuple[PlacedPart, ...]
    cues: tuple[Cue, ...]

    @property
    def changed_since(self) -> list[str]:
        """Titles of bulletins in the sound that are no longer approved as they are heard there."""
        return list(dict.fromkeys(cue.title for cue in self.cues if not cue.holds))

    @property
    def waiting(self) -> list[str]:
        """Titles of bulletins that must be approved before a sound can be made."""
        return list(dict.fromkeys(part.title for part in self.parts if part.waits))


@dataclass(frozen=True, slots=True)
class PlaylistLine:
    """One playlist in a list."""

    line: Line
    parts: int
    must_be_remade: bool


def told_clock(duration_ms: int) -> str:
    """A place in a programme as players write it: 0:00, 12:34."""
    minutes, seconds = divmod(duration_ms // 1000, 60)
    return f"{minutes}:{seconds:02}"


def playlist_shown(session: Session, row: Bulletin) -> PlaylistShown:
    """A playlist with its parts, its cues and all that was decided."""
    base = shown(session, row)
    parts = parts_of(session, row.id)
    in_sound = base.sound.row.parts if base.sound else []
    ids = {part.bulletin_id for part in parts} | {each["bulletin_id"] for each in in_sound}
    named = named_bulletins(session, ids, station_id=row.station_id)
    return PlaylistShown(
        base=base,
        parts=tuple(PlacedPart(part, named.get(part.bulletin_id)) for part in parts),
        cues=tuple(
            Cue(
                kind=PartKind(each["kind"]),
                title=each["title"],
                start_ms=each["start_ms"],
                end_ms=each["end_ms"],
                bulletin_id=each["bulletin_id"],
                rendition_id=each["rendition_id"],
                holds=not each["bulletin_id"]
                or (
                    each["bulletin_id"] in named
                    and named[each["bulletin_id"]].rendition_id == each["rendition_id"]
                ),
            )
            for each in in_sound
        ),
    )


def named_bulletins(
    session: Session, ids: Iterable[str], *, station_id: str
) -> Mapping[str, Named]:
    """The bulletins among the ids: this station's, and no playlists; of too many ids only some."""
    wanted = sorted(each for each in set(ids) if is_id(each))[:_LOOKED_UP]
    rows = session.exec(
        select(Bulletin.id, Bulletin.title, Bulletin.priority).where(
            col(Bulletin.id).in_(wanted),
            Bulletin.station_id == station_id,
            Bulletin.kind == BulletinKind.ITEM,
        )
    ).all()
    return {id_: _named(session, id_, title, priority) for id_, title, priority in rows}


def playlist_lines(session: Session, rows: Sequence[Bulletin]) -> list[PlaylistLine]:
    """Playlists as lines of a list, in the order given."""
    lines = lines_of(session, rows)
    counts = _counts(session, [each.id for each in rows])
    approved = {line.row.id for line in lines if line.state is BulletinState.APPROVED}
    in_sound = _in_sound(session, [each.rendition_id or "" for each in rows if each.id in approved])
    present = {
        id_: approved_rendition(session, id_)
        for id_ in {bulletin_id for each in in_sound.values() for bulletin_id in each}
    }
    stale = {
        playlist_id
        for playlist_id, made_of in in_sound.items()
        for bulletin_id, rendition_id in made_of.items()
        if (found := present[bulletin_id]) is None or found.id != rendition_id
    }
    return [PlaylistLine(line, counts.get(line.row.id, 0), line.row.id in stale) for line in lines]


def _named(session: Session, bulletin_id: str, title: str, priority: int) -> Named:
    found = approved_rendition(session, bulletin_id)
    if found is None:
        return Named(title, priority)
    return Named(title, priority, found.id, found.duration_ms)


def _counts(session: Session, ids: Sequence[str]) -> Mapping[str, int]:
    counts: dict[str, int] = {}
    for id_ in session.exec(
        select(PlaylistItem.playlist_id).where(col(PlaylistItem.playlist_id).in_(ids))
    ):
        counts[id_] = counts.get(id_, 0) + 1
    return counts


def _in_sound(session: Session, renditions: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """Of each playlist's sound: the bulletins in it, and their renditions."""
    rows = session.exec(
        select(Rendition.bulletin_id, Rendition.parts).where(col(Rendition.id).in_(renditions))
    )
    return {
        playlist_id: {
            each["bulletin_id"]: each["rendition_id"] for each in parts if each["bulletin_id"]
        }
        for playlist_id, parts in rows
    }
