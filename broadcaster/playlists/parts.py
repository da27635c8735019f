"""A playlist's parts as its author gives them: checked, kept, and listed in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, delete, select

from broadcaster.bulletins.standing import is_id
from broadcaster.bulletins.tables import Bulletin, BulletinKind
from broadcaster.playlists.errors import (
    PARTS_LIMIT,
    NothingInPlaylist,
    PartNotApproved,
    PartUnusable,
    RelayInPlaylist,
    TooManyParts,
)
from broadcaster.playlists.tables import PlaylistItem
from playlists.playlist import PartKind

LONGEST_MS = 45 * 60_000
SHORTEST_MS = 1_000
SOURCE_LIMIT_CHARACTERS = 80
LASTING = frozenset({PartKind.MUSIC, PartKind.PAUSE, PartKind.RELAY})

# What a part is called where it is listed and where a pole reports it.
TITLES: Mapping[PartKind, str] = {
    PartKind.CHIME: "Nhạc hiệu mở đầu",
    PartKind.IDENT: "Lời xưng danh",
    PartKind.BULLETIN: "Bản tin",
    PartKind.MUSIC: "Nhạc",
    PartKind.PAUSE: "Khoảng lặng",
    PartKind.RELAY: "Tiếp âm",
    PartKind.CLOSING: "Lời kết thúc",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPart:
    """One part: a bulletin by its id, a piece of the station's own, or a length of time.

    A relay slot with its `source` is only found in playlists of former times.
    """

    kind: PartKind
    bulletin_id: str = ""
    duration_ms: int = 0
    source: str = ""


def given_part(
    position: int, *, kind: str, bulletin_id: str = "", duration_ms: int = 0
) -> GivenPart:
    """A part as it will be kept; `position` counts from 1. Raises PartUnusable, RelayInPlaylist."""
    if kind not in set(PartKind):
        raise PartUnusable(position)
    known = PartKind(kind)
    if known is PartKind.BULLETIN:
        if not is_id(bulletin_id):
            raise PartUnusable(position)
        return GivenPart(kind=known, bulletin_id=bulletin_id)
    if known is PartKind.RELAY:
        raise RelayInPlaylist(position)
    if known not in LASTING:
        return GivenPart(kind=known)
    if not SHORTEST_MS <= duration_ms <= LONGEST_MS:
        raise PartUnusable(position)
    return GivenPart(kind=known, duration_ms=duration_ms)


def checked_parts(parts: Sequence[GivenPart]) -> tuple[GivenPart, ...]:
    """The parts, if there are some and not too many. Raises NothingInPlaylist or TooManyParts."""
    if all(part.kind is PartKind.PAUSE for part in parts):
        raise NothingInPlaylist(field="items")
    if len(parts) > PARTS_LIMIT:
        raise TooManyParts(field="items")
    return tuple(parts)


def script_of(session: Session, parts: Sequence[GivenPart], *, station_id: str) -> str:
    """The parts as lines that a person reads and that change whenever a part does.

    Raises PartNotApproved for a part that is no bulletin of this station.
    """
    titles = titles_of(session, parts, station_id=station_id)
    return "\n".join(
        f"{number}. {_line(part, titles)}" for number, part in enumerate(parts, start=1)
    )


def titles_of(
    session: Session, parts: Sequence[GivenPart], *, station_id: str
) -> Mapping[str, str]:
    """The titles of the bulletins among the parts. Raises PartNotApproved."""
    wanted = {part.bulletin_id for part in parts if part.bulletin_id}
    rows = session.exec(
        select(Bulletin.id, Bulletin.title).where(
            col(Bulletin.id).in_(wanted),
            Bulletin.station_id == station_id,
            Bulletin.kind == BulletinKind.ITEM,
        )
    ).all()
    titles = dict(rows)
    missing = sorted(wanted - titles.keys())
    if missing:
        raise PartNotApproved(missing)
    return titles


def parts_of(session: Session, playlist_id: str) -> tuple[GivenPart, ...]:
    """A playlist's parts in order."""
    rows = session.exec(
        select(PlaylistItem)
        .where(PlaylistItem.playlist_id == playlist_id)
        .order_by(col(PlaylistItem.position))
    ).all()
    return tuple(
        GivenPart(
            kind=PartKind(row.kind),
            bulletin_id=row.bulletin_id or "",
            duration_ms=row.duration_ms,
            source=row.source,
        )
        for row in rows
    )


def keep_parts(session: Session, playlist_id: str, parts: Sequence[GivenPart]) -> None:
    """These parts instead of those before."""
    session.exec(delete(PlaylistItem).where(col(PlaylistItem.playlist_id) == playlist_id))
    session.add_all(
        PlaylistItem(
            playlist_id=playlist_id,
            position=position,
            kind=part.kind,
            bulletin_id=part.bulletin_id or None,
            duration_ms=part.duration_ms,
            source=part.source,
        )
        for position, part in enumerate(parts)
    )
    session.flush()


def _line(part: GivenPart, titles: Mapping[str, str]) -> str:
    """One line; a bulletin's id is in it, because two may have the same title."""
    title = TITLES[part.kind]
    if part.bulletin_id:
        return f"{title}: {titles[part.bulletin_id]} [{part.bulletin_id}]"
    if part.duration_ms:
        named = f" {part.source}" if part.source else ""
        return f"{title}{named}: {_clock(part.duration_ms)}"
    return title


def _clock(duration_ms: int) -> str:
    seconds, rest_ms = divmod(duration_ms, 1000)
    told = f"{seconds // 60}:{seconds % 60:02}"
    return f"{told}.{rest_ms:03}" if rest_ms else told
